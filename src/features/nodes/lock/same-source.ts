import type { NodeSource } from '../../../base/node.ts'

/** A repository’s address with what makes no difference taken out: `.git`, slashes at its end, the case of its host. */
export function repositoryKey(url: string): string {
  const [, start = '', path = ''] = /^(\w+:\/\/[^/]*)(.*)$/.exec(url) ?? [undefined, '', url]
  return `${start.toLowerCase()}${path.replace(/\/+$/, '').replace(/\.git$/, '')}`
}

/** A version with three parts at least, as the registry compares them: 1.2 is 1.2.0. */
export function versionKey(version: string): string {
  if (!/^\d+(\.\d+)?$/.test(version)) return version
  return version.includes('.') ? `${version}.0` : `${version}.0.0`
}

/** The parts of a source that make it another one, as one text. */
export function sourceKey(source: NodeSource): string {
  switch (source.kind) {
    case 'git':
      return JSON.stringify(['git', repositoryKey(source.url), source.ref ?? null])
    case 'registry': {
      const version = source.version === undefined ? null : versionKey(source.version)
      return JSON.stringify(['registry', source.id.toLowerCase(), version])
    }
    case 'zip':
      return JSON.stringify(['zip', source.url, source.sha256])
    case 'path':
      return JSON.stringify(['path', source.path])
  }
}

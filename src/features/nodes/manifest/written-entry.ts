import type { NodeSource, WantedNode } from '../../../base/node.ts'
import type { WrittenMapping } from './keys.ts'
import { defaultFolder } from './read-entry.ts'

/** A wanted node as an entry of a manifest, with nothing in it that is so anyway. */
export function writtenEntry(node: Omit<WantedNode, 'from'>): WrittenMapping {
  const { source, folder, enabled, required, onlyIf, env, requirements } = node
  return {
    ...writtenSource(source),
    ...(folder === defaultFolder(source) ? {} : { folder }),
    ...(enabled ? {} : { enabled }),
    ...(required ? { required } : {}),
    ...(onlyIf.length === 0 ? {} : { 'only-if': onlyIf.length === 1 ? onlyIf[0] : [...onlyIf] }),
    ...(Object.keys(env).length === 0 ? {} : { env: { ...env } }),
    ...(requirements === undefined ? {} : { requirements: [...requirements] }),
  }
}

function writtenSource(source: NodeSource): WrittenMapping {
  switch (source.kind) {
    case 'git':
      return { git: source.url, ...(source.ref === undefined ? {} : { ref: source.ref }) }
    case 'registry':
      return { registry: source.id, ...(source.version === undefined ? {} : { version: source.version }) }
    case 'zip':
      return { zip: source.url, sha256: source.sha256 }
    case 'path':
      return { path: source.path }
  }
}

import type { NodeSource } from '../../../base/node.ts'
import { redact } from '../../../base/secret.ts'

/** Where a node comes from, for a person: `https://host/owner/repository@v1`, `id@1.2.0 of the registry`; without passwords. */
export function sourceText(source: NodeSource): string {
  switch (source.kind) {
    case 'git':
      return `${redact(source.url)}${source.ref === undefined ? '' : `@${source.ref}`}`
    case 'registry':
      return `${source.id}${source.version === undefined ? '' : `@${source.version}`} of the registry`
    case 'zip':
      return redact(source.url)
    case 'path':
      return source.path
  }
}

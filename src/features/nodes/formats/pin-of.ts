import type { Pinned } from './write-foreign.ts'

/** What another program can be told of a node: where it comes from, and which one exactly. */
export type ExactPin =
  | { readonly kind: 'git'; readonly url: string; readonly commit: string }
  | { readonly kind: 'registry'; readonly id: string; readonly version: string }

/** The exact pin of a node; or a note on why it has none. */
export function pinOf({ wanted, locked }: Pinned): ExactPin | { readonly note: string } {
  const { folder, source } = wanted
  switch (source.kind) {
    case 'git': {
      const commit = locked?.commit ?? (/^[0-9a-f]{40}$/.test(source.ref ?? '') ? source.ref : undefined)
      if (commit === undefined) return { note: notLocked(folder) }
      return { kind: 'git', url: source.url, commit }
    }
    case 'registry': {
      const version = locked?.version ?? source.version
      if (version === undefined) return { note: notLocked(folder) }
      return { kind: 'registry', id: source.id, version }
    }
    case 'zip':
      return {
        note: `${folder} is left out: it comes from an archive, and the format knows only git and the registry.`,
      }
    case 'path':
      return { note: `${folder} is left out: it is a folder of this machine.` }
  }
}

function notLocked(folder: string): string {
  return `${folder} is left out: nothing says which one exactly. comfy-init nodes lock finds it out.`
}

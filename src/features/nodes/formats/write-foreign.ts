import type { LockedNode, NodesLock, WantedNode } from '../../../base/node.ts'
import { lockedFor } from '../lock/locked-for.ts'
import type { Format } from './foreign.ts'
import { writeComfyCli } from './write-comfy-cli.ts'
import { writeDesktop } from './write-desktop.ts'
import { writeManager } from './write-manager.ts'

/** What is to be written for another program; times in milliseconds since 1970. */
export type ToExport = {
  readonly wanted: readonly WantedNode[]
  readonly lock: NodesLock
  /** Name of the instance. */
  readonly name: string
  readonly atMs: number
}

/** A wanted node and what the lock holds it to. */
export type Pinned = { readonly wanted: WantedNode; readonly locked: LockedNode | undefined }

/** A file for another program, and what it cannot hold, a sentence each. */
export type Exported = { readonly text: string; readonly notes: readonly string[] }

/** Writes the nodes as another program’s file. Pure. */
export function writeForeign(format: Format, about: ToExport): Exported {
  const pinned = about.wanted.map((wanted) => ({ wanted, locked: lockedFor(wanted, [about.lock]) }))
  const { value, notes } = valueFor(format, pinned, about)
  return { text: `${JSON.stringify(value, undefined, 2)}\n`, notes }
}

function valueFor(
  format: Format,
  pinned: readonly Pinned[],
  about: ToExport,
): { readonly value: unknown; readonly notes: readonly string[] } {
  switch (format) {
    case 'manager':
      return writeManager(pinned, about)
    case 'desktop':
      return writeDesktop(pinned, about)
    case 'comfy-cli':
      return writeComfyCli(pinned, about)
  }
}

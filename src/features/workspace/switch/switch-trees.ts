import type { Layout, TreePlaces } from '../../../base/layout.ts'
import type { SwitchPhase, SwitchRecord } from '../../../facts/tree-facts.ts'
import type { Host } from '../../../host/host.ts'
import { carry } from './carry.ts'
import { bringDatabase, keepDatabase } from './database.ts'
import { fetchPrevious, finish, keepStray } from './finish.ts'
import { moveTree } from './move-tree.ts'
import { nextRecord, writeRecord } from './record.ts'

/** What a switch works with: the places, and mount points at or below the tree's place, which stay where they are. */
export type Switching = {
  readonly host: Host
  readonly layout: Layout
  readonly trees: TreePlaces
  readonly mounts: readonly string[]
  readonly record: SwitchRecord
  /** Aborting ends the switch between two renames; the record has the next boot go on. */
  readonly signal?: AbortSignal
}

/**
 * Puts the coming tree into its place, from the phase that the record names on: the tree that is there is retired, the coming
 * one placed, the person's own files carried over, the database brought that belongs to it. Every phase can be done again, and the
 * record is written before each: a crash leaves a switch that the next boot finishes, with or without the image it came from.
 */
export async function switchTrees(switching: Switching): Promise<void> {
  await keepStray(switching.host, switching.trees)
  for (let now: SwitchRecord | undefined = switching.record; now !== undefined; now = nextRecord(now)) {
    switching.signal?.throwIfAborted()
    await writeRecord(switching.host, switching.trees, now)
    await ACTS[now.phase]({ ...switching, record: now })
  }
  await switching.host.fs.remove(switching.trees.record)
}

const ACTS: Readonly<Record<SwitchPhase, (switching: Switching) => Promise<void>>> = {
  fetch: fetchPrevious,
  retire: async (switching) => {
    await keepDatabase(switching)
    await moveTree(switching, switching.layout.home, switching.trees.retired.tree)
  },
  place: (switching) => moveTree(switching, switching.trees.next.tree, switching.layout.home),
  carry,
  database: bringDatabase,
  finish,
}

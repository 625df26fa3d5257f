import type { Slot, TreePlaces } from '../../../base/layout.ts'
import type { Declined } from '../../../facts/tree-facts.ts'
import type { Host } from '../../../host/host.ts'
import { changesFolder } from './keep-changes.ts'
import { isKept, putAside } from './kept-slot.ts'
import { removeAll } from './move-entry.ts'
import type { Switching } from './switch-trees.ts'

/**
 * Puts aside a tree that left its place in a switch that has no record any more: it may hold all that is the person's. To be
 * called before a switch writes its first record.
 */
export async function keepStray(host: Host, trees: TreePlaces): Promise<void> {
  if ((await host.fs.look(trees.record)) !== undefined) return
  if ((await host.fs.look(trees.retired.folder)) !== undefined)
    await putAside(host, trees, trees.retired.folder)
}

/** Takes the previous tree as the coming one. What was being staged goes: it is a copy of the image. */
export async function fetchPrevious({ host, trees }: Switching): Promise<void> {
  if ((await host.fs.look(trees.previous.folder)) === undefined) return
  await clearAway(host, trees, trees.next)
  await host.fs.rename(trees.previous.folder, trees.next.folder)
}

/**
 * Keeps the retired tree as the previous one, instead of an older one, and clears what the switch needed. A tree that is not known
 * to be an image's is put aside. The first tree of a workspace has retired none.
 */
export async function finish(switching: Switching): Promise<void> {
  const { host, trees, record } = switching
  if (record.act !== 'adopt' && (await host.fs.look(trees.retired.folder)) !== undefined) {
    await keepOldDatabase(switching)
    await clearAway(host, trees, trees.previous)
    await host.fs.rename(trees.retired.folder, trees.previous.folder)
  }
  await clearAway(host, trees, trees.next)
  await host.fs.remove(trees.wish)
  if (record.act === 'rollback' && record.from !== undefined) {
    const declined: Declined = { image: record.from, why: 'you went back from it', by: 'rollback' }
    await host.fs.write(trees.declined, `${JSON.stringify(declined)}\n`)
  } else await host.fs.remove(trees.declined)
}

// Rows that were written while that tree ran are nowhere else, if a rollback came between.
async function keepOldDatabase({ host, layout, trees, record }: Switching): Promise<void> {
  const { database } = trees.previous
  if ((await host.fs.look(database)) === undefined) return
  const folder = changesFolder(layout.changes, record.startedAt)
  await host.fs.makeFolder(folder)
  await host.fs.copy(database, `${folder}/database`)
  await host.fs.sync(folder)
}

// What may not be removed is put out of the way: it may be somebody's, and nothing waits for its room.
async function clearAway(host: Host, trees: TreePlaces, slot: Slot): Promise<void> {
  const { folder } = slot
  if (await isKept(host, slot)) return putAside(host, trees, folder)
  if (await removeAll(host, folder)) return
  for (let count = 1; ; count++) {
    const aside = `${folder}-left-${count}`
    if ((await host.fs.look(aside)) === undefined) return host.fs.rename(folder, aside)
  }
}

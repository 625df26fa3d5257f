import type { Declined } from '../../../facts/tree-facts.ts'
import type { Host } from '../../../host/host.ts'
import { removeAll } from './move-entry.ts'
import type { Switching } from './switch-trees.ts'

/** Takes the previous tree as the coming one. What was being staged goes: it is a copy of the image. */
export async function fetchPrevious({ host, trees }: Switching): Promise<void> {
  if ((await host.fs.look(trees.previous.folder)) === undefined) return
  await clearAway(host, trees.next.folder)
  await host.fs.rename(trees.previous.folder, trees.next.folder)
}

/** Keeps the retired tree as the previous one, instead of an older one, and clears what the switch needed. */
export async function finish({ host, trees, record }: Switching): Promise<void> {
  if ((await host.fs.look(trees.retired.folder)) !== undefined) {
    await clearAway(host, trees.previous.folder)
    await host.fs.rename(trees.retired.folder, trees.previous.folder)
  }
  await clearAway(host, trees.next.folder)
  await host.fs.remove(trees.wish)
  if (record.act === 'rollback' && record.from !== undefined) {
    const declined: Declined = { image: record.from, why: 'you went back from it', by: 'rollback' }
    await host.fs.write(trees.declined, `${JSON.stringify(declined)}\n`)
  } else await host.fs.remove(trees.declined)
}

// What may not be removed is put out of the way: it may be somebody's, and nothing waits for its room.
async function clearAway(host: Host, folder: string): Promise<void> {
  if (await removeAll(host, folder)) return
  for (let count = 1; ; count++) {
    const aside = `${folder}-left-${count}`
    if ((await host.fs.look(aside)) === undefined) return host.fs.rename(folder, aside)
  }
}

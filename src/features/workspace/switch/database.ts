import type { Layout, TreePlaces } from '../../../base/layout.ts'
import type { Host } from '../../../host/host.ts'
import type { Switching } from './switch-trees.ts'

/** ComfyUI's database and what SQLite keeps beside it. A newer ComfyUI changes it in a way that an older one cannot read. */
const FILES = ['comfyui.db', 'comfyui.db-wal', 'comfyui.db-shm'] as const

/** Copies the database aside, before a switch begins. A crash leaves a part, which the next time is made again. */
export async function prepareDatabase(host: Host, { home }: Layout, { prepared }: TreePlaces): Promise<void> {
  await host.fs.remove(prepared)
  await host.fs.makeFolder(prepared)
  for (const name of FILES) {
    const path = `${home}/user/${name}`
    if ((await host.fs.look(path))?.kind === 'file') await host.fs.copy(path, `${prepared}/${name}`)
  }
  await host.fs.sync(prepared)
}

/** Puts the copy of the database beside the tree that is leaving. Already there is fine. */
export async function keepDatabase({ host, trees }: Switching): Promise<void> {
  const { database, folder } = trees.retired
  if ((await host.fs.look(trees.prepared)) === undefined) return
  await host.fs.makeFolder(folder)
  await host.fs.rename(trees.prepared, database)
}

/**
 * Gives the placed tree the database that it left, where it was here before. An older ComfyUI that was not gets none: it
 * makes its own. What was there is kept with the retired tree. A crash leaves a mixture, and the phase is done again.
 */
export async function bringDatabase({ host, layout, trees, record }: Switching): Promise<void> {
  const { database } = trees.next
  const kept = (await host.fs.list(database)) ?? []
  if (kept.length === 0 && !record.isOlder) return
  const isKept = (await host.fs.look(trees.retired.database)) !== undefined
  const user = `${layout.home}/user`
  await host.fs.makeFolder(user)
  for (const name of FILES) {
    if (kept.includes(name)) await host.fs.copy(`${database}/${name}`, `${user}/${name}`)
    else if (isKept) await host.fs.remove(`${user}/${name}`)
  }
  await host.fs.sync(user)
}

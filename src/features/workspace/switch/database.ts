import type { Switching } from './switch-trees.ts'

/** ComfyUI's database and what SQLite keeps beside it. A newer ComfyUI changes it in a way that an older one cannot read. */
const FILES = ['comfyui.db', 'comfyui.db-wal', 'comfyui.db-shm'] as const

/** Keeps a copy of the database with the tree that is leaving. A crash leaves no copy or a whole one. */
export async function keepDatabase({ host, layout, trees }: Switching): Promise<void> {
  const { database, folder } = trees.retired
  if ((await host.fs.look(database)) !== undefined) return
  const staged = `${database}.partial`
  await host.fs.remove(staged)
  let any = false
  for (const name of FILES) {
    const path = `${layout.home}/user/${name}`
    if ((await host.fs.look(path))?.kind !== 'file') continue
    any = true
    await host.fs.makeFolder(staged)
    await host.fs.copy(path, `${staged}/${name}`)
  }
  if (!any) return
  await host.fs.sync(staged)
  await host.fs.makeFolder(folder)
  await host.fs.rename(staged, database)
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

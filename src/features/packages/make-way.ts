import { basename } from 'node:path'
import type { Layout } from '../../base/layout.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import type { Host } from '../../host/host.ts'

type Places = {
  readonly host: Host
  readonly layout: Layout
  readonly packages: Pick<PackagesFacts, 'places'>
}

/** Moves what is no folder, or no link, where one of ours must lie into the folder set-aside: it is not ours to remove. */
export async function makeWay(about: Places): Promise<void> {
  const { host, layout, packages } = about
  const { folder, failed } = packages.places
  for (const path of [layout.nodeLogs, layout.packages, layout.packageCache, folder]) {
    const [there, target] = await Promise.all([host.fs.look(path), host.fs.follow(path)])
    if (there !== undefined && target?.kind !== 'folder') await setAside(about, path)
  }
  if ((await host.fs.look(failed))?.kind === 'folder') await setAside(about, failed)
  await makeWayForCurrent(about)
}

/** The same for the link to the overlay in use: an install script may have put something in its place. */
export async function makeWayForCurrent(about: Places): Promise<void> {
  const { current } = about.packages.places
  const there = await about.host.fs.look(current)
  if (there !== undefined && there.kind !== 'link') await setAside(about, current)
}

async function setAside({ host, layout }: Places, path: string): Promise<void> {
  await host.fs.makeFolder(layout.setAside)
  const mark = `${host.clock.now()}-${String(host.chance()).slice(2, 8)}`
  await host.fs.rename(path, `${layout.setAside}/${basename(path)}-${mark}`)
}

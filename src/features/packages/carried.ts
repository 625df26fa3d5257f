import { OVERLAY_RECORD, overlaysIn } from '../../base/layout.ts'
import type { OverlayRecord } from '../../base/node.ts'
import { distributionsIn } from '../../facts/distributions.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import { parseOverlayRecord, sameIdentity } from '../../facts/overlay-record.ts'
import type { Held } from './held.ts'
import type { Pin } from './pin.ts'
import type { Workbench } from './workbench.ts'

/**
 * Packages that a person or ComfyUI-Manager added by hand to the overlay of this identity, else to the newest of another: what
 * that overlay has and its record does not say, and what was carried into it before. One that was made for want of another
 * has both.
 */
export async function addedByHand(bench: Workbench, held: Held): Promise<readonly Pin[]> {
  const own = await overlayOf(bench, bench.packages.key)
  const other = own === undefined || own.record.asked === '' ? await newestOther(bench) : undefined
  const lists = await Promise.all(
    [own, other].map((each) => (each === undefined ? [] : addedTo(bench, each, held))),
  )
  const found = new Map(
    lists
      .flat()
      .toReversed()
      .map((pin) => [pin.name, pin]),
  )
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

// Also one that is damaged: its record and its packages may still be there.
type Before = { readonly path: string; readonly record: OverlayRecord }

async function addedTo(
  { host, packages }: Workbench,
  { path, record }: Before,
  held: Held,
): Promise<readonly Pin[]> {
  const installed = (await distributionsIn(host.fs, overlayPaths(path, record.identity.python).site)) ?? []
  const known = new Map(record.packages.map((each) => [each.name, each.for]))
  const isSame = sameIdentity(record.identity, packages.identity)
  return installed
    .filter(({ name }) => (known.get(name) ?? []).length === 0 && !held.pins.has(name))
    .filter(({ name }) => isSame || !packages.versions.has(name))
    .map(({ name, version }) => ({ name, version }))
}

async function newestOther(bench: Workbench): Promise<Before | undefined> {
  const { host, layout, packages } = bench
  const keys = ((await host.fs.list(layout.packages)) ?? []).filter(
    (name) => name.startsWith('py') && name !== packages.key,
  )
  const others = await Promise.all(keys.map((key) => overlayOf(bench, key)))
  return others
    .filter((each) => each !== undefined)
    .sort((a, b) => b.record.atMs - a.record.atMs)
    .at(0)
}

async function overlayOf({ host, layout }: Workbench, key: string): Promise<Before | undefined> {
  const { folder, current } = overlaysIn(layout.packages, key)
  const name = await host.fs.readLink(current)
  if (name === undefined || name.includes('/')) return undefined
  const path = `${folder}/${name}`
  const record = parseOverlayRecord(await host.fs.readText(`${path}/${OVERLAY_RECORD}`))
  return record && { path, record }
}

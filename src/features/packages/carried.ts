import type { OverlayRecord } from '../../base/node.ts'
import { OVERLAY_RECORD, overlaysIn } from '../../base/node-places.ts'
import { distributionsIn } from '../../facts/distributions.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import { parseOverlayRecord, sameIdentity } from '../../facts/overlay-record.ts'
import { type Copyable, copyableFrom } from './by-record.ts'
import type { Held } from './held.ts'
import type { Pin } from './pin.ts'
import type { Workbench } from './workbench.ts'

/** A package that was added by hand; `copy` where its files can be taken along as they are. */
export type ByHand = Pin & { readonly copy: Copyable | undefined }

/**
 * Packages that a person or ComfyUI-Manager added by hand to the overlay of this identity, else to the newest of another: what
 * that overlay has and its record does not say, and what was carried into it before. Whoever works in the overlay before adds
 * to that one still. One that was made for want of another has both.
 */
export async function addedByHand(bench: Workbench, held: Held): Promise<readonly ByHand[]> {
  const own = await overlayOf(bench, bench.packages.key)
  const other = own === undefined || own.record.asked === '' ? await newestOther(bench) : undefined
  const found = [own, other, ...(await othersOf(bench, own))].filter((each) => each !== undefined)
  const lists = await Promise.all(found.map((each) => addedTo(bench, each, held)))
  const left = (own?.record.leftBehind ?? []).flatMap(({ name, version, isReplaced }) =>
    isReplaced ? [] : [{ name, version, copy: undefined }],
  )
  const byName = new Map([...lists.flat(), ...left].toReversed().map((pin) => [pin.name, pin]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

// Also one that is damaged: its record and its packages may still be there. `known` came along from it before.
type Before = { readonly path: string; readonly record: OverlayRecord; readonly known?: ReadonlySet<string> }

async function addedTo(
  { host, packages }: Workbench,
  { path, record, known }: Before,
  held: Held,
): Promise<readonly ByHand[]> {
  const { site } = overlayPaths(path, record.identity.python)
  const installed = (await distributionsIn(host.fs, site)) ?? []
  const recorded = new Map(record.packages.map((each) => [each.name, each]))
  const isSame = sameIdentity(record.identity, packages.identity)
  const samePython =
    record.identity.python === packages.identity.python && record.identity.arch === packages.identity.arch
  const added = installed
    .filter(({ name, version }) => {
      const pin = recorded.get(name)
      return pin === undefined || pin.version !== version || (pin.for.length === 0 && known === undefined)
    })
    .filter(({ name }) => !held.pins.has(name) && known?.has(name) !== true)
    .filter(({ name }) => isSame || !packages.versions.has(name))
  return Promise.all(
    added.map(async ({ name, version, entry }) => {
      const place = { site: site.slice(path.length + 1), entry }
      const copy = samePython ? await copyableFrom(host.fs, path, place) : undefined
      return { name, version, copy }
    }),
  )
}

// The overlays beside the one in use: what came along from them once may since have been taken out.
async function othersOf(bench: Workbench, own: Before | undefined): Promise<readonly Before[]> {
  if (own === undefined) return []
  const { host, packages } = bench
  const { folder } = packages.places
  const known = new Set([...own.record.packages, ...(own.record.leftBehind ?? [])].map(({ name }) => name))
  const names = ((await host.fs.entries(folder)) ?? []).filter(({ kind }) => kind === 'folder')
  const found = await Promise.all(names.map(({ name }) => recordIn(bench, `${folder}/${name}`)))
  const others = found.flatMap((each) => (each === undefined || each.path === own.path ? [] : [each]))
  // Into one that was made for want of another, nothing came along.
  return own.record.asked === '' ? others : others.map((each) => ({ ...each, known }))
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

async function overlayOf(bench: Workbench, key: string): Promise<Before | undefined> {
  const { folder, current } = overlaysIn(bench.layout.packages, key)
  const name = await bench.host.fs.readLink(current)
  return name === undefined || name.includes('/') ? undefined : recordIn(bench, `${folder}/${name}`)
}

async function recordIn({ host }: Workbench, path: string): Promise<Before | undefined> {
  const record = parseOverlayRecord(await host.fs.readText(`${path}/${OVERLAY_RECORD}`))
  return record && { path, record }
}

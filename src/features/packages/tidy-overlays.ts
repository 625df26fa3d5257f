import { OVERLAY_RECORD, overlaysIn } from '../../base/node-places.ts'
import { parseOverlayRecord } from '../../facts/overlay-record.ts'
import type { Host } from '../../host/host.ts'
import type { Workbench } from './workbench.ts'

/** Overlays of so many other identities are kept, for a way back to their images. */
const MOST_OTHERS = 3

/**
 * Removes overlays that are of no use: of this identity all but the one in use and the one before, of others all but those of
 * the three that were made last. One that a process uses stays.
 */
export async function tidyOverlays(bench: Workbench, keep: readonly (string | undefined)[]): Promise<void> {
  const { host, layout, packages } = bench
  const { folder } = packages.places
  const sets = ((await host.fs.entries(folder)) ?? []).filter(({ kind }) => kind === 'folder')
  const old = sets.filter(({ name }) => !keep.includes(name)).map(({ name }) => `${folder}/${name}`)
  const keys = ((await host.fs.list(layout.packages)) ?? []).filter((name) => name.startsWith('py'))
  const others = await Promise.all(
    keys
      .filter((key) => key !== packages.key)
      .map(async (key) => ({ key, atMs: await madeAt(host, layout.packages, key) })),
  )
  const oldest = others.sort((a, b) => b.atMs - a.atMs).slice(MOST_OTHERS)
  const leaving = [...old, ...oldest.map(({ key }) => `${layout.packages}/${key}`)]
  if (leaving.length === 0) return
  const used = await pathsInUse(host)
  for (const path of leaving) if (!used.includes(`${path}/`)) await removeOverlay(host, path)
}

/** Removes an overlay, its record first: what a crash leaves of it never counts as complete. */
export async function removeOverlay({ fs }: Pick<Host, 'fs'>, path: string): Promise<void> {
  await fs.remove(`${path}/${OVERLAY_RECORD}`)
  await fs.remove(path)
}

async function madeAt({ fs }: Host, packages: string, key: string): Promise<number> {
  const { current } = overlaysIn(packages, key)
  const text = await fs.readText(`${current}/${OVERLAY_RECORD}`).catch(() => undefined)
  return parseOverlayRecord(text)?.atMs ?? 0
}

// A Python of an overlay is known by the path it was started by, whatever program that leads to, and by its libraries.
async function pathsInUse({ fs }: Host): Promise<string> {
  const names = (await fs.list('/proc').catch(() => undefined)) ?? []
  const texts = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/maps`])
      .map((path) => fs.readText(path).catch(() => undefined)),
  )
  return texts.join('\n')
}

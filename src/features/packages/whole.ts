import type { OverlayRecord } from '../../base/node.ts'
import { OVERLAY_RECORD } from '../../base/node-places.ts'
import { distributionsIn } from '../../facts/distributions.ts'
import type { Overlay } from '../../facts/node-facts.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import type { Host } from '../../host/host.ts'
import { inOverlay, recordedFiles } from './by-record.ts'

/**
 * Compares the files of the nodes' packages with what was installed, by names and sizes. Where one is missing the overlay is
 * marked as damaged, and the next plan makes another. Gives the names of those packages; no file is read but their lists.
 */
export async function markDamage({ fs }: Pick<Host, 'fs'>, overlay: Overlay): Promise<readonly string[]> {
  const found = await damagedIn(fs, overlay)
  if (found.length === 0) return []
  const record: OverlayRecord = { ...overlay.record, damaged: true }
  await fs.write(`${overlay.path}/${OVERLAY_RECORD}`, `${JSON.stringify(record, undefined, 1)}\n`)
  return found
}

/** Names of the nodes' packages that lack a file. */
export async function damagedIn(fs: Host['fs'], { path, record }: Overlay): Promise<readonly string[]> {
  const { site } = overlayPaths(path, record.identity.python)
  const ofNodes = new Map(
    record.packages.filter((each) => each.for.length > 0).map(({ name, version }) => [name, version]),
  )
  const installed = (await distributionsIn(fs, site)) ?? []
  const checked = installed.filter(({ name, version }) => ofNodes.get(name) === version)
  const damaged: string[] = []
  for (const { name, entry } of checked) {
    const files = recordedFiles((await fs.readText(`${site}/${entry}/RECORD`).catch(() => undefined)) ?? '')
    for (const file of files) {
      // Installers write into these themselves, and do not always say so.
      const inside = inOverlay(site.slice(path.length + 1), file.path)
      if (inside === undefined || inside.startsWith('bin/') || file.path.startsWith(`${entry}/`)) continue
      const there = await fs.follow(`${path}/${inside}`)
      if (there?.kind === 'file' && (file.bytes === undefined || there.bytes === file.bytes)) continue
      damaged.push(name)
      break
    }
  }
  return damaged
}

import type { Layout } from '../base/layout.ts'
import type { Facts } from '../facts/facts.ts'
import { lookNodeRecords } from '../facts/node-records.ts'
import { orAbsent } from '../facts/or-absent.ts'
import { readOverlay } from '../facts/packages.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'

/** Facts with the overlay and the records of nodes as they are now: both may change beside a ComfyUI that runs. */
export async function lookAgain(
  { fs, clock }: Pick<Host, 'fs' | 'clock'>,
  settings: Settings,
  about: { readonly facts: Facts; readonly layout: Layout },
): Promise<Facts> {
  const { facts, layout } = about
  const [packages, nodeRecords] = await Promise.all([
    packagesNow(fs, facts.packages),
    lookNodeRecords(fs, settings, layout),
  ])
  return { ...facts, nowMs: clock.now(), packages, nodeRecords }
}

async function packagesNow(fs: Host['fs'], packages: Facts['packages']): Promise<Facts['packages']> {
  if (packages === undefined) return undefined
  const name = await orAbsent(fs.readLink(packages.places.current))
  if (name === undefined || name.includes('/')) return { ...packages, current: undefined }
  const path = `${packages.places.folder}/${name}`
  return { ...packages, current: await readOverlay(fs, path, packages.identity) }
}

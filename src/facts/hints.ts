import { IMAGE_HOMES } from '../base/layout.ts'
import type { Host } from '../host/host.ts'
import { orAbsent } from './or-absent.ts'
import { lookSurroundings } from './runtime.ts'

/** What the defaults of settings depend on. `exists` knows the main.py of the usual image trees and nothing else. */
export type MachineHints = {
  readonly inContainer: boolean
  readonly isMount: (path: string) => boolean
  readonly exists: (path: string) => boolean
}

/** Reads the hints; before the settings, so that they depend on none. */
export async function readHints(host: Host): Promise<MachineHints> {
  const candidates = IMAGE_HOMES.map((home) => `${home}/main.py`)
  const [{ inContainer, mounts }, found] = await Promise.all([
    lookSurroundings(host),
    Promise.all(candidates.map(async (path) => (await orAbsent(host.fs.follow(path))) !== undefined)),
  ])
  const points = new Set(mounts.map((each) => each.point))
  const existing = new Set(candidates.filter((_, at) => found[at]))
  return { inContainer, isMount: (path) => points.has(path), exists: (path) => existing.has(path) }
}

import type { NodeFailure, NodePackages, OverlayRecord, PackagePin } from '../../base/node.ts'
import { OVERLAY_RECORD } from '../../base/node-places.ts'
import { systemCode } from '../../base/problem.ts'
import { textDigest } from '../../base/text-digest.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import { attribute } from './attribute.ts'
import { copyByRecord } from './by-record.ts'
import { constraintLines } from './held.ts'
import { makeOverlay } from './make-overlay.ts'
import { type Installed, overlayPackages } from './overlay-packages.ts'
import { pinText } from './pin.ts'
import type { Resolution } from './resolve.ts'
import { runScripts, type Scripts } from './run-scripts.ts'
import type { Workbench } from './workbench.ts'

/** What an overlay is made of. */
export type Building = {
  readonly resolution: Resolution
  readonly asked: string
  /** When the work on it began, of the monotonic clock. */
  readonly startMs: number
  /** Scripts that are not run, since they did harm; with what came of them. */
  readonly without: Scripts
}

/** `packages`: an installation that was refused; `scripts`: results of scripts that did harm, the overlay must be made without. */
export type Built =
  | { readonly kind: 'done'; readonly path: string; readonly packages: readonly PackagePin[] }
  | { readonly kind: 'packages'; readonly said: string; readonly fault: 'unsolved' | 'unreached' | 'broken' }
  | { readonly kind: 'scripts'; readonly harmful: Scripts }

/** Name of the overlay for what was resolved: its packages, and the scripts that run in it. */
export async function overlayName(
  bench: Workbench,
  { pins, accepted, carried }: Resolution,
): Promise<string> {
  const scripts = await Promise.all(
    accepted.map(async ({ source: { script, folder, env, stamp } }) =>
      script === undefined ? undefined : [folder, env, await scriptText(bench, script, stamp)],
    ),
  )
  const copied = carried.map((each) => [pinText(each), each.copy?.digest])
  const parts = [FORMAT, pins.map(pinText).sort(), scripts.filter((each) => each !== undefined), copied]
  return textDigest(JSON.stringify(parts))
}

// One that cannot be read, or is too large to be, is told by its stamp; running it shows whether that harms its node.
async function scriptText({ host }: Workbench, script: string, stamp: string): Promise<string | undefined> {
  try {
    return await host.fs.readText(script)
  } catch (error) {
    if (!UNREADABLE.has(systemCode(error) ?? '')) throw error
    return stamp
  }
}

const UNREADABLE = new Set(['EACCES', 'EPERM', 'EFBIG', 'EISDIR'])

/** To be counted up when overlays are made otherwise. */
const FORMAT = 2

/**
 * Makes an overlay at its place, where nothing lies yet; it is complete when its record is there: that is written last, after
 * all else is on the disk. What a crash leaves has no record, and is removed by a later try.
 */
export async function buildOverlay(bench: Workbench, path: string, building: Building): Promise<Built> {
  const { host, packages } = bench
  const { resolution, without } = building
  const { installer, pins, held } = resolution
  const { python, site, constraints } = overlayPaths(path, packages.identity.python)
  await host.fs.makeFolder(bench.scratch)
  await makeOverlay(bench, path)
  const kept = constraintLines(held, new Set(pins.map(({ name }) => name)))
  await host.fs.write(constraints, kept.map((line) => `${line}\n`).join(''))
  if (installer !== undefined && pins.length > 0) {
    const outcome = await installer.install(pins, python)
    if (outcome.kind !== 'ok') return { kind: 'packages', said: outcome.said, fault: outcome.kind }
  }
  for (const { name, copy } of resolution.carried)
    if (copy !== undefined && !pins.some((pin) => pin.name === name)) await copyByRecord(host.fs, copy, path)
  const { results, harmful, added } = await runScripts(bench, { resolution, overlay: path, without })
  if (harmful.size > 0) return { kind: 'scripts', harmful }
  const installed = await overlayPackages(host.fs, site)
  await host.fs.sync(path, bench.signal)
  const found = attributed(installed, resolution, added)
  await writeRecord(bench, path, { building, packages: found, scripts: results })
  return { kind: 'done', path, packages: found }
}

/** Writes what is in an overlay and for whom. Until it is there, the overlay is none. */
export async function writeRecord(
  { host, packages }: Workbench,
  path: string,
  about: { readonly building: Building; readonly packages: readonly PackagePin[]; readonly scripts: Scripts },
): Promise<void> {
  const { accepted, failures, leftBehind } = about.building.resolution
  const folders = new Set([...accepted.map(({ source }) => source.folder), ...failures.keys()])
  const nodes = [...folders].map((folder): [string, NodePackages] => {
    const result = about.scripts.get(folder)
    const failure: NodeFailure | undefined = failures.get(folder) ?? result?.failure
    const added = about.packages.filter((each) => each.for.includes(folder)).map(pinText)
    return [folder, { added, failure, script: result?.script }]
  })
  const record: OverlayRecord = {
    version: 1,
    identity: packages.identity,
    asked: about.building.asked,
    packages: about.packages,
    nodes: Object.fromEntries(nodes),
    leftBehind,
    atMs: host.clock.now(),
    ms: Math.round(host.clock.monotonicMs() - about.building.startMs),
  }
  await host.fs.write(`${path}/${OVERLAY_RECORD}`, `${JSON.stringify(record, undefined, 1)}\n`)
}

function attributed(
  installed: readonly Installed[],
  { accepted, carried }: Resolution,
  byScript: ReadonlyMap<string, ReadonlySet<string>>,
): readonly PackagePin[] {
  const wanting = accepted.map(({ source, lines }) => ({
    folder: source.folder,
    names: lines.map(({ name }) => name),
  }))
  return attribute(installed, { wanting, byScript, byHand: new Set(carried.map(({ name }) => name)) })
}

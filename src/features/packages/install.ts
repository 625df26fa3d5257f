import { basename } from 'node:path'
import type { Identity, NodeFailure, PackagePin, PackageSource } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { OVERLAY_RECORD } from '../../base/node-places.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { FailedPackages, Overlay } from '../../facts/node-facts.ts'
import { readOverlay } from '../../facts/packages.ts'
import type { Host } from '../../host/host.ts'
import { type Building, buildOverlay, overlayName, writeRecord } from './build-overlay.ts'
import { endScriptsOf } from './end-marked.ts'
import { makeWay, makeWayForCurrent } from './make-way.ts'
import { installationFailures, makeResolver, type Resolution } from './resolve.ts'
import type { ScriptResult } from './run-script.ts'
import { answerOf } from './solver.ts'
import { tidyOverlays } from './tidy-overlays.ts'
import { makeWorkbench, type Workbench, type WorkbenchParts } from './workbench.ts'

/** What is to be installed, and for what the overlay stands then. */
export type InstallRequest = {
  readonly sources: readonly PackageSource[]
  readonly asked: string
  /** Packages of the lock for this identity: taken where they fit. */
  readonly locked: readonly PackagePin[]
  /** Told what was resolved, once the overlay is in use. */
  readonly onResolved:
    | ((host: Host, pins: readonly PackagePin[], identity: Identity) => Promise<void>)
    | undefined
}

/**
 * Makes the overlay for what is asked, and takes it into use by one rename; the one before is not touched. What fails for one
 * node is written into the overlay's record, what fails for all into `failed.json`: neither is thrown.
 */
export async function installAll(parts: WorkbenchParts, request: InstallRequest): Promise<void> {
  const { host, layout, packages } = parts
  try {
    await makeWay(parts)
    await endScriptsOf(host, layout.packages)
    const bench = await makeWorkbench(parts)
    await attempt(bench, request)
    await host.fs.remove(packages.places.failed)
    await host.fs.remove(bench.scratch)
  } catch (error) {
    parts.signal.throwIfAborted()
    await keepFailure(parts, request, error)
  }
}

async function attempt(bench: Workbench, request: InstallRequest): Promise<void> {
  const { host, packages } = bench
  const startMs = host.clock.monotonicMs()
  const sources = request.sources.toSorted((a, b) => Number(b.required) - Number(a.required))
  const resolve = await makeResolver(bench, {
    sources,
    locked: request.locked,
    carries: request.asked !== '',
  })
  let resolution = await resolve(new Map())
  let without: ReadonlyMap<string, ScriptResult> = new Map()
  // Each turn leaves out a node's packages or a script, of which there is a number.
  for (;;) {
    const building = { resolution, asked: request.asked, startMs, without }
    const name = await overlayName(bench, resolution)
    const there = await overlaysNamed(bench, name)
    if (without.size === 0 && (await takeExisting(bench, there, building))) break
    const path = `${packages.places.folder}/${freshName(name, there)}`
    const built = await buildOverlay(bench, path, building)
    if (built.kind === 'done') {
      await takeIntoUse(bench, path)
      await request.onResolved?.(host, built.packages, packages.identity)
      break
    }
    if (built.kind === 'scripts') without = new Map([...without, ...built.harmful])
    else resolution = await resolve(await withoutRefused(bench, resolution, built))
  }
}

// What an earlier try left without a record is removed; what still writes there then harms nobody.
async function overlaysNamed({ host, packages }: Workbench, name: string): Promise<readonly string[]> {
  const { folder } = packages.places
  const all = (await host.fs.list(folder)) ?? []
  const named = all.filter((each) => each === name || each.startsWith(`${name}-`))
  for (const each of named) {
    const path = `${folder}/${each}`
    if ((await host.fs.look(`${path}/${OVERLAY_RECORD}`)) === undefined) await host.fs.remove(path)
  }
  return named
}

// Never a name that was there: a script of an earlier try may still write into that folder.
function freshName(name: string, there: readonly string[]): string {
  for (let n = 2, fresh = name; ; n++) {
    if (!there.includes(fresh)) return fresh
    fresh = `${name}-${n}`
  }
}

// The same packages and scripts again, now or before: nothing is to be installed, and only what it was made for is noted.
async function takeExisting(
  bench: Workbench,
  names: readonly string[],
  building: Building,
): Promise<boolean> {
  for (const name of names) {
    const path = `${bench.packages.places.folder}/${name}`
    const overlay = await readOverlay(bench.host.fs, path, bench.packages.identity)
    if (overlay === undefined || !isFor(overlay, building)) continue
    const scripts = Object.entries(overlay.record.nodes).flatMap(
      ([folder, { script, failure }]): [string, ScriptResult][] =>
        script === undefined ? [] : [[folder, { script, failure }]],
    )
    await writeRecord(bench, path, {
      ...{ building, packages: overlay.record.packages, scripts: new Map(scripts) },
    })
    await takeIntoUse(bench, path)
    return true
  }
  return false
}

// What came of every script must be known.
function isFor({ record }: Overlay, { resolution }: Building): boolean {
  return resolution.accepted.every(
    ({ source: { folder, script } }) => script === undefined || record.nodes[folder]?.script !== undefined,
  )
}

async function takeIntoUse(bench: Workbench, path: string): Promise<void> {
  const { host, packages } = bench
  const { current } = packages.places
  await makeWayForCurrent(bench)
  const before = await host.fs.readLink(current)
  const name = basename(path)
  if (before !== name) await host.fs.link(name, current)
  // Also a damaged one stays: what was added to it by hand may not have come along yet.
  const last = packages.current === undefined ? before : basename(packages.current.path)
  await tidyOverlays(bench, [name, last]).catch(ignoreSystemErrors)
}

// What is not removed now is removed after the next installation.
function ignoreSystemErrors(error: unknown): void {
  if (systemCode(error) === undefined) throw error
}

async function withoutRefused(
  bench: Workbench,
  resolution: Resolution,
  { said, fault }: { readonly said: string; readonly fault: 'unsolved' | 'unreached' | 'broken' },
): Promise<ReadonlyMap<string, NodeFailure>> {
  const kept = bench.packages.current !== undefined
  answerOf({ kind: fault, said }, kept)
  const failures = await installationFailures(bench, resolution, said)
  if (failures.size === 0) throw new Problem('PACKAGES_NOT_INSTALLED', { said, kept })
  return new Map([...resolution.failures, ...failures])
}

/** Failures that the next start tries to pass by itself. */
const TEMPORARY = new Set(['PACKAGES_NOT_REACHED', 'PACKAGES_NOT_INSTALLED'])

// `asked` of an overlay for nothing: the next start sees that it was made for something else.
const NOTHING = { sources: [], asked: '', locked: [], onResolved: undefined }

// Without an overlay to go on with, an empty one is made: what a person installs by hand then lasts.
async function keepFailure(parts: WorkbenchParts, request: InstallRequest, error: unknown): Promise<void> {
  const { host, packages } = parts
  const problem = asProblem(error, packages.current !== undefined)
  try {
    if (packages.current === undefined) await makeEmpty(parts)
    const failure = failureOf(problem, TEMPORARY.has(problem.code))
    const failed: FailedPackages = { asked: request.asked, failure, atMs: host.clock.now() }
    await host.fs.write(packages.places.failed, `${JSON.stringify(failed)}\n`)
  } catch (second) {
    if (systemCode(second) === undefined) throw second
    throw problem
  }
}

function asProblem(error: unknown, kept: boolean): Problem {
  if (error instanceof Problem) return error
  const code = systemCode(error)
  if (code === undefined || !(error instanceof Error)) throw error
  return new Problem('PACKAGES_NOT_INSTALLED', { said: `${error.message}.`, kept }, { cause: error })
}

async function makeEmpty(parts: WorkbenchParts): Promise<void> {
  const bench = await makeWorkbench(parts)
  await attempt(bench, NOTHING)
  await bench.host.fs.remove(bench.scratch)
}

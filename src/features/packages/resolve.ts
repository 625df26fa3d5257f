import type { LeftBehind, NodeFailure, PackagePin, PackageSource } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import { blame } from './blame.ts'
import { addedByHand, type ByHand } from './carried.ts'
import { carryOn } from './carry-on.ts'
import { choose } from './choose.ts'
import { constraintLines, type Held, heldPackages, replacedBy, rootsOf } from './held.ts'
import { imageRequirements } from './image-requirements.ts'
import { findInstaller, type Installer } from './installer.ts'
import { makeOverlay } from './make-overlay.ts'
import type { Pin } from './pin.ts'
import { type NodeRequirements, readRequirements } from './read-requirements.ts'
import { isMet } from './satisfied.ts'
import { makeSolver } from './solver.ts'
import type { Workbench } from './workbench.ts'

/** What is resolved. */
export type ToResolve = {
  /** Required ones first. */
  readonly sources: readonly PackageSource[]
  /** Packages of the lock for this identity. */
  readonly locked: readonly PackagePin[]
  /** What was added by hand before comes along. */
  readonly carries: boolean
}

/** Which packages an overlay is to have, for whom, and who is left out. */
export type Resolution = {
  readonly installer: Installer | undefined
  readonly held: Held
  readonly accepted: readonly NodeRequirements[]
  readonly failures: ReadonlyMap<string, NodeFailure>
  /** Packages that were added by hand and are carried on; those that are no pins are copied. */
  readonly carried: readonly ByHand[]
  readonly leftBehind: readonly LeftBehind[]
  readonly pins: readonly Pin[]
}

/** Reads, and asks the installer where the image alone does not have all that is asked for. Throws a Problem as a solver does. */
export async function makeResolver(
  bench: Workbench,
  { sources, locked, carries }: ToResolve,
): Promise<(without: ReadonlyMap<string, NodeFailure>) => Promise<Resolution>> {
  const { host, packages, places } = bench
  const comfyui = await host.fs.readText(`${places.code}/requirements.txt`)
  const image = await imageRequirements(host.fs, packages, rootsOf(packages, comfyui))
  const held = heldPackages(packages, comfyui, image)
  const read = await readRequirements(host.fs, sources)
  const byHand = carries ? await addedByHand(bench, held) : []
  const broken = new Map(read.flatMap(({ source, failure }) => (failure ? [[source.folder, failure]] : [])))
  const wanting = read.filter(({ lines }) => lines.some((line) => !isMet(line, packages.versions)))
  const installer = wanting.length + byHand.length === 0 ? undefined : await findInstaller(bench)
  if (wanting.length > 0 && installer === undefined) throw noInstaller(bench, wanting)
  const preferred = preferredOf(locked, packages.current?.record.packages ?? [], byHand)
  return async (without) => {
    const failures = new Map([...broken, ...without])
    const able = read.filter(({ source }) => !failures.has(source.folder))
    const empty = { installer, held, failures, accepted: able, pins: [] }
    if (installer === undefined) return { ...empty, ...(await carryOn(undefined, byHand, NOTHING)) }
    const solve = makeSolver(installer, { held, preferred, kept: packages.current !== undefined })
    const nodes = able.map((node) => ({ node, lines: node.lines.map(({ text }) => text) }))
    const chosen = await choose(solve, nodes)
    for (const { who, said, beside } of chosen.refused) {
      const others = beside.map(({ node }) => node)
      const { offline } = bench.settings
      failures.set(who.node.source.folder, blame(who.node, { said, held, offline, beside: others }))
    }
    keepWhatWorks(bench, failures)
    const accepted = chosen.accepted.map(({ node }) => node)
    const base = chosen.accepted.flatMap(({ lines }) => lines)
    return { ...empty, accepted, ...(await carryOn(solve, byHand, { base, pins: chosen.pins })) }
  }
}

const NOTHING = { base: [], pins: [] }

// A lock's version comes before one that a person chose, and that before what was resolved last.
function preferredOf(locked: readonly Pin[], last: readonly Pin[], byHand: readonly Pin[]): readonly Pin[] {
  const lists = locked.length > 0 ? [locked, byHand] : [byHand, last]
  return [
    ...new Map(
      lists
        .toReversed()
        .flat()
        .map((pin) => [pin.name, pin]),
    ).values(),
  ]
}

// Without a network a node must not lose packages that it has in the overlay in use: that one is used on.
function keepWhatWorks({ settings, packages }: Workbench, failures: ReadonlyMap<string, NodeFailure>): void {
  const before = packages.current?.record.nodes
  if (!settings.offline || before === undefined) return
  for (const [folder, failure] of failures) {
    const worked = before[folder] !== undefined && before[folder].failure === undefined
    if (worked && failure.code === 'NODE_PACKAGES_MISSING')
      throw new Problem('NODE_PACKAGES_MISSING', {
        folder,
        said: String(failure.details.said),
        offline: true,
      })
  }
}

function noInstaller({ python }: Workbench, wanting: readonly NodeRequirements[]): Problem {
  const nodes = wanting.map(({ source }) => source.folder).join(', ')
  return new Problem('PACKAGES_NO_INSTALLER', { python: python.path, nodes })
}

/** Whose packages a refused installation is about: by what it names, else those whose packages are refused by themselves too. */
export async function installationFailures(
  bench: Workbench,
  { accepted, installer, held, pins }: Resolution,
  said: string,
): Promise<ReadonlyMap<string, NodeFailure>> {
  const named = pins.filter(({ name }) =>
    new RegExp(`(^|[^\\w-])${name.replaceAll('-', '[-_.]')}($|[^\\w-])`, 'i').test(said),
  )
  const failures = new Map<string, NodeFailure>()
  for (const { source, lines } of accepted) {
    if (installer === undefined || lines.length === 0) continue
    const texts = lines.map(({ text }) => text)
    const constraints = constraintLines(held, replacedBy(texts, held))
    const outcome = await installer.resolve({ lines: texts, constraints })
    const names = new Set(outcome.kind === 'ok' ? outcome.pins.map(({ name }) => name) : [])
    const own = pins.filter(({ name }) => names.has(name))
    const why = named.length > 0 ? said : await refusedAlone(bench, installer, own)
    if (why === undefined || (named.length > 0 && !named.some((pin) => own.includes(pin)))) continue
    const { folder } = source
    const details = { folder, said: why, offline: bench.settings.offline }
    failures.set(folder, failureOf(new Problem('NODE_PACKAGES_MISSING', details), false))
  }
  return failures
}

// In a place of its own, which goes with the scratch folder. What a start that was cut leaves there goes first.
async function refusedAlone(
  bench: Workbench,
  installer: Installer,
  pins: readonly Pin[],
): Promise<string | undefined> {
  if (pins.length === 0) return undefined
  const path = `${bench.scratch}/alone`
  await bench.host.fs.remove(path)
  await makeOverlay(bench, path)
  const { python } = overlayPaths(path, bench.packages.identity.python)
  const outcome = await installer.install(pins, python)
  return outcome.kind === 'unsolved' ? outcome.said : undefined
}

import type { NodeFailure, PackagePin, PackageSource } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { blame } from './blame.ts'
import { addedByHand } from './carried.ts'
import { choose } from './choose.ts'
import { type Held, heldPackages } from './held.ts'
import { findInstaller, type Installer } from './installer.ts'
import { type Pin, pinText } from './pin.ts'
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
  /** Packages that were added by hand and are carried on. */
  readonly carried: readonly Pin[]
  readonly pins: readonly Pin[]
}

/** Reads, and asks the installer where the image alone does not have all that is asked for. Throws a Problem as a solver does. */
export async function makeResolver(
  bench: Workbench,
  { sources, locked, carries }: ToResolve,
): Promise<(without: ReadonlyMap<string, NodeFailure>) => Promise<Resolution>> {
  const { host, packages, places } = bench
  const held = heldPackages(packages, await host.fs.readText(`${places.code}/requirements.txt`))
  const read = await readRequirements(host.fs, sources)
  const byHand = carries ? await addedByHand(bench, held) : []
  const broken = new Map(read.flatMap(({ source, failure }) => (failure ? [[source.folder, failure]] : [])))
  const wanting = read.filter(({ lines }) => lines.some((line) => !isMet(line, packages.versions)))
  const installer = wanting.length + byHand.length === 0 ? undefined : await findInstaller(bench)
  if (wanting.length > 0 && installer === undefined) throw noInstaller(bench, wanting)
  const preferred = locked.length > 0 ? locked : (packages.current?.record.packages ?? [])
  return async (without) => {
    const failures = new Map([...broken, ...without])
    const able = read.filter(({ source }) => !failures.has(source.folder))
    const empty = { installer, held, failures, accepted: able, carried: [], pins: [] }
    if (installer === undefined) return empty
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
    if (byHand.length === 0) return { ...empty, accepted, pins: chosen.pins }
    const base = chosen.accepted.flatMap(({ lines }) => lines)
    return { ...empty, accepted, ...(await carry(solve, byHand, base)) }
  }
}

// By version, then by name alone; what cannot be had at all is left behind.
async function carry(
  solve: Parameters<typeof choose>[0],
  byHand: readonly Pin[],
  base: readonly string[],
): Promise<Pick<Resolution, 'carried' | 'pins'>> {
  const exact = await choose(
    solve,
    byHand.map((pin) => ({ pin, lines: [pinText(pin)] })),
    base,
  )
  const sure = exact.accepted.flatMap(({ lines }) => lines)
  const loose = await choose(
    solve,
    exact.refused.map(({ who }) => ({ pin: who.pin, lines: [who.pin.name] })),
    [...base, ...sure],
  )
  return { carried: [...exact.accepted, ...loose.accepted].map(({ pin }) => pin), pins: loose.pins }
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

/** Whose packages a refused installation is about: those who, each alone, would have them. */
export async function installationFailures(
  { settings }: Workbench,
  { accepted, installer, held, pins }: Resolution,
  said: string,
): Promise<ReadonlyMap<string, NodeFailure>> {
  const named = pins.filter(({ name }) =>
    new RegExp(`(^|[^\\w-])${name.replaceAll('-', '[-_.]')}($|[^\\w-])`, 'i').test(said),
  )
  const failures = new Map<string, NodeFailure>()
  for (const { source, lines } of accepted) {
    const outcome = await installer?.resolve({
      lines: lines.map(({ text }) => text),
      constraints: held.lines,
    })
    const own = outcome?.kind === 'ok' && lines.length > 0 ? outcome.pins : []
    if (!own.some(({ name }) => named.some((pin) => pin.name === name))) continue
    const { folder } = source
    const problem = new Problem('NODE_PACKAGES_MISSING', { folder, said, offline: settings.offline })
    failures.set(folder, failureOf(problem, false))
  }
  return failures
}

import type { Places } from '../../base/layout.ts'
import type { Identity, OverlayRecord, PackagePin, PackageSource } from '../../base/node.ts'
import { problemOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import { type Plan, problems, type Step, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { mountOf } from '../../facts/mounts.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import { isOfThisStart } from '../../facts/of-this-start.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import { packagesAsked } from './asked.ts'

/** What packages are planned from. */
export type PackagesWanted = {
  readonly places: Places
  readonly sources: readonly PackageSource[]
  /** Packages of the lock for this identity: taken where they fit. */
  readonly locked?: readonly PackagePin[]
  /** Told what was resolved, once its overlay is in use. */
  readonly onResolved?: (host: Host, pins: readonly PackagePin[], identity: Identity) => Promise<void>
}

/** Installs what nodes require into a new overlay where the one in use was made for something else; tells what failed. Pure. */
export function planPackages(settings: Settings, facts: Facts, wanted: PackagesWanted): Plan {
  const { packages } = facts
  if (packages === undefined || !isReady(facts, wanted.places)) return steps()
  const unfit = whyUnfit(facts, wanted.places)
  if (unfit !== undefined) return wanted.sources.some(wantsPackages) ? problems(unfit) : steps()
  const asked = packagesAsked(settings, facts, wanted.sources)
  if (!isDone(packages, asked, facts)) return steps(installStep({ settings, facts, packages, wanted, asked }))
  return problems(...failuresOf(packages, asked, wanted.sources))
}

// Programs run as the person that ComfyUI will run as, and with ComfyUI's own requirements in their place.
function isReady({ who, folders, workspace }: Facts, { layout, mode }: Places): boolean {
  const isPerson = who.us.uid === who.target.uid
  return isPerson && folders.has(layout.own) && (mode === 'link' || workspace.tree.state === 'ours')
}

function wantsPackages({ requirementFiles, requirements, script }: PackageSource): boolean {
  return script !== undefined || (requirements ?? requirementFiles).length > 0
}

function whyUnfit({ mounts, workspace }: Facts, { layout }: Places): Problem | undefined {
  const path = layout.packages
  const mount = mountOf(path, mounts)
  if (mount?.noExec)
    return new Problem('PACKAGES_PLACE_UNFIT', { path, reason: `${mount.point} is mounted noexec` })
  const code = workspace.abilities?.link
  if (code === undefined) return undefined
  return new Problem('PACKAGES_PLACE_UNFIT', { path, reason: `Symbolic links cannot be made there: ${code}` })
}

// What failed for a moment is tried again by the next start, not by this one.
function isDone({ current, failed, hasLate }: PackagesFacts, asked: string, facts: Facts): boolean {
  const hasFailed = failed?.asked === asked
  if (hasFailed && isOfThisStart(failed, facts)) return true
  if (current?.record.asked !== asked) return hasFailed && !failed.failure.temporary && current !== undefined
  const { leftBehind = [] } = current.record
  return isOfThisStart(current.record, facts) || !(hasLate || leftBehind.some(({ temporary }) => temporary))
}

function failuresOf(
  { current, failed }: PackagesFacts,
  asked: string,
  sources: readonly PackageSource[],
): readonly Problem[] {
  if (current?.record.asked !== asked) {
    const all = failed === undefined ? [] : [problemOf(failed.failure, false)]
    return all
  }
  const failures = sources.flatMap(({ folder, required }) => {
    const failure = current.record.nodes[folder]?.failure
    return failure === undefined ? [] : [problemOf(failure, required)]
  })
  return [...failures, ...leftBehind(current.record)]
}

// What gave way to a node's version is not missing.
function leftBehind({ leftBehind: left = [] }: OverlayRecord): readonly Problem[] {
  if (left.length === 0) return []
  const told = left.map(({ name, version, reason }) => `${name} ${version} ${reason}`).join('; ')
  const degrades = left.some(({ isReplaced }) => !isReplaced)
  return [new Problem('PACKAGES_LEFT_BEHIND', { packages: told }, { degrades })]
}

type Install = {
  readonly settings: Settings
  readonly facts: Facts
  readonly packages: PackagesFacts
  readonly wanted: PackagesWanted
  readonly asked: string
}

function installStep({ settings, facts, packages, wanted, asked }: Install): Step {
  const { places, sources, locked = [], onResolved } = wanted
  const folders = sources.filter(wantsPackages).map(({ folder }) => folder)
  return {
    id: 'packages/install',
    title:
      folders.length === 0
        ? 'Make a place for Python packages in the workspace'
        : `Install Python packages of ${shortList(folders)}`,
    changes: [packages.places.current],
    ifFails: 'go-on',
    async apply(host, _progress, signal) {
      if (facts.python === undefined) return 'not-needed'
      const { installAll } = await import('./install.ts')
      const { layout } = places
      const parts = { host, signal, settings, packages, python: facts.python, places, layout }
      await installAll(parts, { sources, asked, locked, onResolved })
      return 'done'
    },
  }
}

import type { PackageSource } from '../../base/node.ts'
import { Problem } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import { type Plan, problems, type Step, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { canBeNamed } from '../../facts/newest-node.ts'
import { isOfThisStart } from '../../facts/of-this-start.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import { type AboutNodes, currentImports, importsAsked, nodeFolders } from './asked.ts'
import type { Checking } from './check-imports.ts'
import { importProblems } from './import-problems.ts'
import { leftOut } from './left-out.ts'
import { canBeTried, canLeaveOut, flagsOf } from './trial-arguments.ts'
import { unwanted } from './unwanted.ts'

/** What the check is planned from. */
export type CheckWanted = AboutNodes & {
  readonly sources: readonly PackageSource[]
  readonly comfyui: StartOfComfyui
}

/** ComfyUI as it would be started, and the secrets that it may print; given the container's environment. */
export type StartOfComfyui = (env: Host['env']) => Pick<Checking, 'service' | 'secrets' | 'plain'>

/** Imports all nodes once after a change; tells what failed, and refuses the boot for a required one. Pure. */
export function planNodeCheck(settings: Settings, facts: Facts, wanted: CheckWanted): Plan {
  const { places } = wanted
  if (!settings.nodeCheck || nodesOf(wanted).length === 0 || places.copies) return steps()
  const record = currentImports(settings, facts, wanted)
  const isTriedAgain = record?.failure?.temporary === true && !isOfThisStart(record, facts)
  if (record !== undefined && !isTriedAgain)
    return problems(
      ...importProblems(record, { wanted: wanted.wanted, log: logFileOf(wanted) }),
      ...unnamed(settings, facts, wanted),
    )
  return canBeTried(settings, facts) ? steps(checkStep(settings, facts, wanted)) : steps()
}

// Once any node is left out, the others are named.
function unnamed(settings: Settings, facts: Facts, wanted: CheckWanted): readonly Problem[] {
  const left = leftOut(settings, facts, wanted)
  return nodeFolders(settings, wanted.places).flatMap((path) => {
    const { nodes = [] } = facts.nodes.find((each) => each.path === path) ?? {}
    const names = nodes.map(({ name }) => name).filter((name) => !canBeNamed(name))
    const [example] = names
    if (left.size === 0 || example === undefined) return []
    return [new Problem('NODE_NAMED_LIKE_FLAG', { folders: shortList(names), path, example })]
  })
}

// ComfyUI-Manager as part of ComfyUI lies in no folder of nodes, and a trial leaves it out.
function nodesOf({ sources, places }: Pick<CheckWanted, 'sources' | 'places'>): readonly PackageSource[] {
  return sources.filter(({ path }) => path !== places.code)
}

/** What `checkImports` is to be given. Pure. */
export function checkingOf(
  settings: Settings,
  facts: Facts,
  about: AboutNodes,
): Omit<Checking, 'service' | 'secrets' | 'plain' | 'signal'> {
  const { layout } = about.places
  return {
    flags: flagsOf(facts),
    folders: nodeFolders(settings, about.places),
    scratch: `${layout.own}/nodes/trial`,
    logFile: logFileOf(about),
    importsFile: layout.importsFile,
    asked: importsAsked(settings, facts, about),
    leave: new Set([...unwanted(settings, facts, about.wanted).keys()].map((name) => name.toLowerCase())),
    canLeaveOut: canLeaveOut(settings, facts),
    limitMs: settings.nodeTimeoutMs,
    // A first trial that hangs, and one without the node that it hung in.
    totalMs: 2 * settings.nodeTimeoutMs + SLACK_MS,
  }
}

const SLACK_MS = 60_000

function logFileOf({ places }: Pick<AboutNodes, 'places'>): string {
  return `${places.layout.nodeLogs}/import-check.log`
}

function checkStep(settings: Settings, facts: Facts, wanted: CheckWanted): Step {
  const { comfyui } = wanted
  const nodes = nodesOf(wanted)
  const count = nodes.length === 1 ? 'the custom node' : `${nodes.length} custom nodes`
  return {
    id: 'nodes/check-imports',
    title: `Import ${count} on trial`,
    changes: [wanted.places.layout.importsFile],
    ifFails: 'go-on',
    async apply(host, _tell, signal) {
      const { checkImports } = await import('./check-imports.ts')
      await checkImports(host, { ...checkingOf(settings, facts, wanted), ...comfyui(host.env), signal })
      return 'done'
    },
  }
}

import { INSTANCE, type Layout, layoutOf, type Places } from '../../base/layout.ts'
import type { Facts, ImageTree, Mount } from '../../facts/facts.ts'
import { isGivenByRoot } from '../../facts/given-by-root.ts'
import type { Settings } from '../../settings/settings.ts'
import { decideUpgrade } from './decide-upgrade.ts'
import { importsTree, stateToImport } from './import/what-waits.ts'

/** Where code and state lie for this boot, and why; paths of the workspace have its links resolved. Pure. */
export function decidePlaces(settings: Settings, facts: Facts): Places {
  const layout = layoutOf(facts.workspace.path)
  const { mode, reason } = decideMode(settings, facts, layout)
  const inWorkspace = mode === 'move' || hasTree(facts) || runsInPlace(facts, layout)
  const base = inWorkspace ? layout.home : layout.workspace
  return {
    mode,
    reason,
    code: mode === 'move' ? layout.home : (facts.image?.path ?? layout.home),
    base,
    customNodes: `${base}/custom_nodes`,
    models: `${base}/models`,
    copies: mode === 'move' && copies(settings, facts),
    layout,
  }
}

const ADOPTED: ReadonlySet<string> = new Set(['ours', 'switching', 'unclear'])

function hasTree({ workspace }: Facts): boolean {
  return ADOPTED.has(workspace.tree.state)
}

function copies(settings: Settings, facts: Facts): boolean {
  const { tree } = facts.workspace
  switch (tree.state) {
    case 'absent':
    case 'empty':
    case 'torn':
      return facts.image !== undefined && !importsTree(facts, 'move')
    case 'ours':
      return decideUpgrade(settings, facts, tree.marker).act === 'upgrade'
    case 'switching':
    case 'unclear':
    case 'foreign':
      return false
  }
}

/** Mount points at a path or below it. */
export function mountsAt(path: string, mounts: readonly Mount[]): readonly string[] {
  return mounts.map((each) => each.point).filter((point) => point === path || point.startsWith(`${path}/`))
}

type Decision = Pick<Places, 'mode' | 'reason'>

function decideMode(settings: Settings, facts: Facts, layout: Layout): Decision {
  if (runsInPlace(facts, layout))
    return { mode: 'link', reason: `COMFY_HOME is ${layout.home}, which runs where it is` }
  if (settings.adopt !== 'auto') return { mode: settings.adopt, reason: `COMFY_ADOPT is ${settings.adopt}` }
  if (hasTree(facts)) return { mode: 'move', reason: `an earlier boot put ComfyUI into ${layout.home}` }
  const obstacle = obstacleToMove(facts, layout)
  if (obstacle !== undefined) return { mode: 'link', reason: obstacle }
  return { mode: 'move', reason: `${layout.workspace} is a writable mount` }
}

// A person's own ComfyUI in the workspace that COMFY_HOME points at: neither copied nor judged.
function runsInPlace({ image, workspace }: Facts, layout: Layout): boolean {
  return image?.path === layout.home && !ADOPTED.has(workspace.tree.state)
}

function obstacleToMove(facts: Facts, layout: Layout): string | undefined {
  const { image, workspace } = facts
  if (!facts.inContainer) return 'there is no container whose image could be left'
  if (!workspace.isMount) return `${workspace.path} is no mount and ends with the container`
  if (workspace.path === INSTANCE) return `${INSTANCE} holds an instance’s state alone`
  if (hasStateOf(facts, layout.workspace))
    return `${facts.foreign?.kind === 'flat' ? 'another image left' : 'an earlier boot keeps'} its state in ${layout.workspace}`
  return (
    stateToImport(facts) ??
    unable(facts) ??
    (image === undefined ? 'the image has no ComfyUI' : obstacleOf(image, facts, layout))
  )
}

/** True when a folder holds the state that a boot in link mode keeps there; moving ComfyUI beside it would leave it unused. */
export function hasStateOf({ folders }: Facts, base: string): boolean {
  return folders.has(`${base}/user`) || folders.has(`${base}/custom_nodes`)
}

function unable(facts: Facts): string | undefined {
  const { path, abilities } = facts.workspace
  if (isGivenByRoot(facts)) return undefined
  for (const ability of ['create', 'rename', 'link'] as const) {
    const code = abilities === undefined ? 'ENOENT' : abilities[ability]
    if (code !== undefined) return `${path} does not let us ${ability} (${code})`
  }
  return undefined
}

function obstacleOf(image: ImageTree, facts: Facts, layout: Layout): string | undefined {
  const inside = mountsAt(image.path, facts.mounts)
  if (image.place === 'link')
    return image.linkTarget === layout.home ? undefined : `${image.path} is a link to ${image.linkTarget}`
  if (inside.length > 0) return `${inside.join(', ')} is mounted in the image tree`
  if (facts.workspace.mount?.noExec && facts.python?.venv?.startsWith(`${image.path}/`))
    return `${image.path} holds the venv, and nothing may be run on ${facts.workspace.mount.point}`
  return image.replaceable ? undefined : (image.whyNotReplaceable ?? `${image.path} cannot become a link`)
}

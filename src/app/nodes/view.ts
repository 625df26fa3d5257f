import type { Places } from '../../base/layout.ts'
import type { ProblemText, Runtime } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import { type Wanted, wantedNodes } from '../../features/nodes/wanted.ts'
import { decidePlaces } from '../../features/workspace/places.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import { ask } from '../ask.ts'
import type { Input } from '../input.ts'
import { glance } from '../workspace/glance.ts'
import { type Receipt, receipts } from './receipts.ts'

/** What every act about nodes begins with. */
export type NodesScene = {
  readonly settings: Settings
  readonly facts: Facts
  readonly places: Places
  readonly wanted: Wanted
}

/** Puts facts, places and what is asked for together. Pure. */
export function sceneOf(settings: Settings, facts: Facts): NodesScene {
  return { settings, facts, places: decidePlaces(settings, facts), wanted: wantedNodes(settings, facts) }
}

/** The receipts of a scene. Pure. */
export function receiptsOf({ settings, facts, places, wanted }: NodesScene): readonly Receipt[] {
  return receipts(settings, facts, { places, wanted: wanted.nodes })
}

/** Every node, and what became of it; JSON as it is. */
export type NodesView = {
  readonly runtime: Runtime
  /** Where ComfyUI looks for nodes. */
  readonly customNodes: string
  /** The overlay that their packages lie in; undefined where there is none. */
  readonly packages: string | undefined
  readonly nodes: readonly Receipt[]
  /** What is wrong with how nodes are asked for. */
  readonly problems: readonly ProblemText[]
}

/** Looks at all nodes, and changes nothing. */
export async function listNodes(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<NodesView> {
  const { settings } = await ask(host, input)
  const scene = sceneOf(settings, await glance(host, settings))
  const { facts, places, wanted } = scene
  return {
    runtime: facts.runtime,
    customNodes: places.customNodes,
    packages: facts.packages?.current?.path,
    nodes: receiptsOf(scene),
    problems: wanted.problems.map((problem) => problem.in(facts.runtime)),
  }
}

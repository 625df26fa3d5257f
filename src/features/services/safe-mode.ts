import type { Places } from '../../base/layout.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Facts } from '../../facts/facts.ts'
import { newestNode } from '../../facts/newest-node.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'

/** What safe mode is made of; facts as they are once everything is in its place. */
export type SafeModeSources = {
  readonly settings: Settings
  readonly facts: Facts
  readonly places: Places
  /** Nodes that are left out in any case, by folder. */
  readonly leave?: ReadonlyMap<string, string>
  /** The service with the image's own Python: without any node it needs no overlay, which may be what ends it. */
  readonly plain?: ServiceSpec
}

const WITHOUT_ALL = '--disable-all-custom-nodes'
const BUT_THESE = '--whitelist-custom-nodes'

/** Whether ComfyUI can be started without what a person added to it: it must know how, and not be started so already. */
export function hasSafeMode({ settings, facts }: Pick<SafeModeSources, 'settings' | 'facts'>): boolean {
  const isKnown = facts.image?.flags.has(WITHOUT_ALL) ?? false
  return settings.safeMode !== 'off' && isKnown && !settings.args.includes(WITHOUT_ALL)
}

/**
 * ComfyUI in safe mode: without custom nodes, or without the one that changed last, as far as that can be told and there are
 * others. `without` says in words what is left out.
 */
export async function safeComfyui(
  host: Pick<Host, 'fs'>,
  spec: ServiceSpec,
  { settings, facts, places, leave, plain = spec }: SafeModeSources,
): Promise<{ readonly spec: ServiceSpec; readonly without: string }> {
  const withoutNodes = ({ args }: ServiceSpec) => [...withoutFlag(args, BUT_THESE), WITHOUT_ALL]
  const canChoose = settings.safeMode === 'newest' && facts.image?.flags.has(BUT_THESE) === true
  const found = canChoose
    ? await newestNode(host, places.customNodes, leave).catch(() => undefined)
    : undefined
  if (found === undefined)
    return { spec: { ...plain, args: withoutNodes(plain) }, without: 'its custom nodes' }
  const { newest, others } = found
  const args = withoutNodes(spec)
  const chosen = others.length === 0 ? args : [...args, BUT_THESE, ...others]
  const without = `the custom node ${newest}, which changed last`
  return { spec: { ...spec, args: chosen }, without }
}

// The flag takes as many words as follow it.
function withoutFlag(args: readonly string[], flag: string): readonly string[] {
  const at = args.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
  if (at < 0) return args
  const next = args.findIndex((word, place) => place > at && word.startsWith('--'))
  return withoutFlag([...args.slice(0, at), ...(next < 0 ? [] : args.slice(next))], flag)
}

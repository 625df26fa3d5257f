import type { Tell } from '../base/event.ts'
import type { ServiceSpec } from '../base/service.ts'
import type { Facts } from '../facts/facts.ts'
import type { AboutNodes } from '../features/node-check/asked.ts'
import { nodeFolders } from '../features/node-check/asked.ts'
import { checkImports } from '../features/node-check/check-imports.ts'
import { breakersOf } from '../features/node-check/left-out.ts'
import { checkingOf } from '../features/node-check/plan.ts'
import { canBeTried, canLeaveOut } from '../features/node-check/trial-arguments.ts'
import { safeComfyui } from '../features/services/safe-mode.ts'
import type { Variant } from '../features/supervise/variant.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { comfyuiStart } from './comfyui-start.ts'
import { without } from './leave-out.ts'

/** What safe mode is made of; `leave` is what is left out in any case. */
export type SafeSources = AboutNodes & {
  readonly settings: Settings
  readonly facts: Facts
  readonly leave: ReadonlyMap<string, string>
  readonly signal: AbortSignal
  readonly tell: Tell
}

/** Time for one trial and for all of them, while nothing runs that could be used; milliseconds. */
const TRIAL_MS = 90_000
const ALL_MS = 180_000

/**
 * ComfyUI in safe mode. Where it is to be without the node that is to blame, ComfyUI is tried to find out which that is; when
 * that does not tell, it is the one that changed last.
 */
export async function startSafely(host: Host, spec: ServiceSpec, sources: SafeSources): Promise<Variant> {
  const { settings, places, leave } = sources
  const found = await breakersNow(host, sources)
  const names = [...found.keys()]
  if (names.length === 0) return safeComfyui(host, spec, sources)
  const all = new Map([...leave, ...found])
  const why = [...found].map(([name, words]) => `${name}, which ${words}`).join('; ')
  return {
    spec: await without(host, spec, { leave: all, folders: nodeFolders(settings, places) }),
    without: `the custom node${names.length === 1 ? '' : 's'} ${why}`,
  }
}

/** Found on trial just now, by folder, with why; none where trials are not possible, not wanted, or tell nothing. */
async function breakersNow(host: Host, sources: SafeSources): Promise<ReadonlyMap<string, string>> {
  const { settings, facts, places, leave, signal, tell } = sources
  const isWanted = settings.safeMode === 'newest' && settings.nodeCheck
  if (!isWanted || !canBeTried(settings, facts) || !canLeaveOut(settings, facts)) return new Map()
  tell({ type: 'note', level: 'info', text: TRYING })
  const before = facts.nodeRecords.imports?.nodes ?? {}
  const known = Object.entries(before).filter(([name, { result }]) => leave.has(name) && result !== 'ok')
  try {
    const record = await checkImports(host, {
      ...checkingOf(settings, facts, sources),
      ...comfyuiStart(settings, facts, places)(host.env),
      leave: new Set([...leave.keys()].map((name) => name.toLowerCase())),
      known: Object.fromEntries(known),
      limitMs: Math.min(TRIAL_MS, settings.nodeTimeoutMs),
      totalMs: ALL_MS,
      signal,
    })
    const found = [...breakersOf(record)].filter(([name]) => !leave.has(name))
    return new Map(found)
  } catch {
    // A full disk, a program that cannot be started: what is started next says so.
    return new Map()
  }
}

const TRYING =
  'ComfyUI is started on trial, to find the custom node that ends it; that takes 3 minutes at most.'

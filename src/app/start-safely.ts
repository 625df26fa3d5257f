import type { Tell } from '../base/event.ts'
import type { ImportRecord } from '../base/node.ts'
import type { ServiceSpec } from '../base/service.ts'
import type { Facts } from '../facts/facts.ts'
import type { AboutNodes } from '../features/node-check/asked.ts'
import { nodeFolders } from '../features/node-check/asked.ts'
import { checkImports } from '../features/node-check/check-imports.ts'
import { importProblems } from '../features/node-check/import-problems.ts'
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
  /** The service with the image's own Python, without the overlay. */
  readonly plain: ServiceSpec
  readonly signal: AbortSignal
  readonly tell: Tell
}

/** Time for one trial and for all of them, while nothing runs that could be used; milliseconds. */
const TRIAL_MS = 90_000
const ALL_MS = 180_000

/** Safe mode, and the nodes that a trial found for it. */
export type Safely = Variant & { readonly found?: readonly string[] }

/**
 * ComfyUI in safe mode. Where it is to be without the node that is to blame, ComfyUI is tried to find out which that is; when
 * that does not tell, it is the one that changed last.
 */
export async function startSafely(host: Host, spec: ServiceSpec, sources: SafeSources): Promise<Safely> {
  const { leave, plain } = sources
  const record = await checkNow(host, sources)
  if (record === undefined) return safeComfyui(host, spec, sources)
  const found = new Map([...breakersOf(record)].filter(([name]) => !leave.has(name)))
  tellOf(record, sources)
  const isOverlay = record.failure?.code === 'OVERLAY_BREAKS_COMFYUI'
  // What died may have been without the overlay already.
  const isNews = isOverlay && spec.file !== plain.file
  if (found.size === 0 && !isNews) return safeComfyui(host, spec, sources)
  const all = new Map([...leave, ...found])
  const why = [...found].map(([name, words]) => `${name}, which ${words}`).join('; ')
  const nodes = found.size === 0 ? [] : [`the custom node${found.size === 1 ? '' : 's'} ${why}`]
  return {
    spec: await without(host, isOverlay ? plain : spec, {
      leave: all,
      folders: nodeFolders(sources.settings, sources.places),
    }),
    without: [...(isNews ? ['the Python packages of its custom nodes'] : []), ...nodes].join(', and '),
    found: [...found.keys()],
  }
}

// The condition says so too, for as long as safe mode lasts; this stays.
function tellOf({ nodes, failure }: ImportRecord, { settings, facts, tell, ...about }: SafeSources): void {
  const breakers = Object.entries(nodes).filter(([, { result }]) => result === 'breaks-start')
  const found = { nodes: Object.fromEntries(breakers), ...(failure === undefined ? {} : { failure }) }
  const { logFile: log } = checkingOf(settings, facts, about)
  for (const problem of importProblems(found, { wanted: about.wanted, log }))
    tell({ type: 'problem', problem })
}

/** What a check tells just now; undefined where trials are not possible or not wanted, or come to nothing. */
async function checkNow(host: Host, sources: SafeSources): Promise<ImportRecord | undefined> {
  const { settings, facts, places, leave, signal, tell } = sources
  const isWanted = settings.safeMode === 'newest' && settings.nodeCheck
  if (!isWanted || !canBeTried(settings, facts) || !canLeaveOut(settings, facts)) return undefined
  tell({ type: 'note', level: 'info', text: TRYING })
  const before = facts.nodeRecords.imports?.nodes ?? {}
  const known = Object.entries(before).filter(([name, { result }]) => leave.has(name) && result !== 'ok')
  try {
    return await checkImports(host, {
      ...checkingOf(settings, facts, sources),
      ...comfyuiStart(settings, facts, places)(host.env),
      leave: new Set([...leave.keys()].map((name) => name.toLowerCase())),
      known: Object.fromEntries(known),
      limitMs: Math.min(TRIAL_MS, settings.nodeTimeoutMs),
      totalMs: ALL_MS,
      signal,
    })
  } catch {
    // A full disk, a program that cannot be started: what is started next says so.
    return undefined
  }
}

const TRYING =
  'ComfyUI is started on trial, to find the custom node that ends it; that takes 3 minutes at most.'

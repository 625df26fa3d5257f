import type { Tell } from '../base/event.ts'
import type { Places } from '../base/layout.ts'
import type { Problem } from '../base/problem.ts'
import { type Secret, secret } from '../base/secret.ts'
import type { ServiceSpec } from '../base/service.ts'
import type { Facts } from '../facts/facts.ts'
import { nodeFolders } from '../features/node-check/asked.ts'
import { usableFacts, withoutOverlay } from '../features/node-check/overlay-fault.ts'
import { startsManager } from '../features/nodes/manager/is-built-in.ts'
import { wantedNodes } from '../features/nodes/wanted.ts'
import { comfyuiService } from '../features/services/comfyui.ts'
import { childEnvironment } from '../features/services/environment.ts'
import { jupyterService } from '../features/services/jupyter.ts'
import type { SpecFor } from '../features/supervise/variant.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { leaveNow, without } from './leave-out.ts'
import { lookAgain } from './look-again.ts'
import type { Settled } from './settle.ts'

/** What to run, what to run instead in safe mode, and warnings about it. */
export type Services = {
  readonly specs: readonly ServiceSpec[]
  readonly specFor: SpecFor
  readonly problems: readonly Problem[]
}

/** Turns settled facts into the services to run: ComfyUI, and JupyterLab when it is wanted and there. */
export async function prepareServices(
  host: Host,
  settings: Settings,
  settled: Pick<Settled, 'facts' | 'places'> & { readonly tell?: Tell },
): Promise<Services> {
  const { facts, places } = settled
  const kept = settings.jupyter ? await host.fs.readText(places.layout.jupyterTokenFile) : undefined
  const token = settings.jupyterToken ?? (kept === undefined ? undefined : secret(kept.trim()))
  const build = { host, settings, places, token }
  const { comfyui, jupyter } = servicesOf(build, facts)
  return {
    specs: jupyter === undefined ? [comfyui.spec] : [comfyui.spec, jupyter],
    specFor: specFor(build, settled),
    problems: comfyui.problems,
  }
}

type Build = {
  readonly host: Host
  readonly settings: Settings
  readonly places: Places
  readonly token: Secret | undefined
}

function servicesOf({ host, settings, places, token }: Build, seen: Facts) {
  const facts = usableFacts(settings, seen)
  const env = childEnvironment({ container: host.env, settings, facts, places })
  const hasManager = startsManager(facts, places, wantedNodes(settings, facts).nodes)
  return {
    comfyui: comfyuiService({ settings, facts, places, env, hasManager }),
    jupyter: jupyterService({ settings, facts, places, env, token }),
  }
}

// The first start is of what was just looked at. A later one finds what became of packages and nodes meanwhile.
function specFor(build: Build, settled: { readonly facts: Facts; readonly tell?: Tell }): SpecFor {
  const { host, settings, places } = build
  const started = new Set<string>()
  let foundSafely: ReadonlySet<string> = new Set()
  return async (first, mode, signal) => {
    const isFirst = !started.has(first.name)
    started.add(first.name)
    const about = { facts: settled.facts, layout: places.layout }
    const facts = isFirst ? settled.facts : await lookAgain(host, settings, about)
    const now = servicesOf(build, facts)
    const rebuilt = first.essential ? now.comfyui.spec : (now.jupyter ?? first)
    const spec = { ...first, file: rebuilt.file, args: rebuilt.args, env: rebuilt.env }
    if (!first.essential) return { spec }
    const wanted = wantedNodes(settings, facts).nodes
    const known = await leaveNow(host, settings, { facts, places, wanted })
    // Who leaves safe mode has mended what it found, and not always by a change of the node's own files.
    const leave = new Map([...known].filter(([name]) => !foundSafely.has(name)))
    if (mode === 'normal')
      return { spec: await without(host, spec, { leave, folders: nodeFolders(settings, places) }) }
    const { startSafely } = await import('./start-safely.ts')
    const tell = settled.tell ?? (() => {})
    const plain = servicesOf(build, withoutOverlay(facts)).comfyui.spec
    const safe = await startSafely(host, spec, {
      ...{ settings, facts, places, wanted, leave, signal },
      plain: { ...spec, file: plain.file, args: plain.args, env: plain.env },
      tell,
    })
    foundSafely = new Set(safe.found)
    return safe
  }
}

import type { Problem } from '../../base/problem.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { ChildEnv } from '../../host/exec.ts'
import { type ArgumentSources, comfyuiArguments, flagValue } from './comfyui-arguments.ts'
import { askedAt } from './listen-address.ts'
import { restartPolicy } from './restart-policy.ts'
import { hasSafeMode } from './safe-mode.ts'
import { stopLadder } from './stop-ladder.ts'

/** Python's argparse ends with this code when it does not understand its arguments. */
const BAD_ARGUMENTS = 2

/** ComfyUI only handles INT: it then stops its server and removes its temp folder. TERM ends it at once, like a crash. */
const LADDER = [
  { signal: 'SIGINT', share: 0.7 },
  { signal: 'SIGTERM', share: 0.2 },
  { signal: 'SIGKILL', share: 0.1 },
] as const

/** It has the most memory, and is what can be started again: the kernel is to choose it before anything else of ours. */
const OOM_SCORE = 500

/** ComfyUI as a service, and warnings about its arguments. Pure. */
export function comfyuiService(sources: ArgumentSources & { readonly env: ChildEnv }): {
  readonly spec: ServiceSpec
  readonly problems: readonly Problem[]
} {
  const { settings, facts, places, env } = sources
  const { args, problems } = comfyuiArguments(sources)
  const spec: ServiceSpec = {
    name: 'comfyui',
    title: 'ComfyUI',
    file: facts.packages?.current?.python ?? facts.python?.path ?? settings.python ?? 'python3',
    args: [`${places.code}/main.py`, ...args],
    env,
    cwd: places.code,
    essential: true,
    stop: stopLadder(settings.stopLadder, LADDER, settings.stopGraceMs),
    restart: restartPolicy(settings, { hopeless: [BAD_ARGUMENTS], hasSafeMode: hasSafeMode(sources) }),
    ready: readiness(args),
    restartMarker: `${places.layout.session}.reboot`,
    logFile: `${places.layout.logs}/comfyui.log`,
    oomScore: OOM_SCORE,
    ...(settings.openFiles === undefined ? {} : { openFiles: settings.openFiles }),
  }
  return { spec, problems }
}

// With TLS the answer cannot be read without trusting its certificate: a connection that is taken counts as ready.
function readiness(args: readonly string[]): ServiceSpec['ready'] {
  const port = Number(flagValue(args, '--port') || 8188)
  const host = askedAt(flagValue(args, '--listen'))
  const tls =
    flagValue(args, '--tls-keyfile') !== undefined && flagValue(args, '--tls-certfile') !== undefined
  return { host, port, path: '/prompt', ...(tls ? { over: 'tls' } : {}) }
}

import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { PREFIX } from '../../scripts/image-test/plan.ts'
import { runProgram, type Said } from '../../scripts/image-test/said.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { nameOf, PLAN } from './plan.ts'

/** How a container is started; `flags` are the engine’s own, like --read-only. */
export type Starting = {
  readonly image?: string
  readonly flags?: readonly string[]
  readonly volumes?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** A container that was started. */
export type Container = {
  readonly name: string
  readonly port: number
  readonly httpPort: number
  /** Waits until GET /ready answers 200; throws with the log when the container ends before. */
  readonly ready: () => Promise<void>
  /** Stops it as a person does, with 10 s before it is killed; gives its exit code, 137 after a kill. */
  readonly stop: () => Promise<number>
  readonly start: () => Promise<void>
  /** Waits until it ends by itself; gives its exit code. */
  readonly ended: () => Promise<number>
  readonly log: () => Promise<string>
  /** Runs a program in it. */
  readonly exec: (...command: readonly string[]) => Promise<Said>
  /** GET on ComfyUI or on the status door. */
  readonly get: (path: string, port?: number) => Promise<Response | undefined>
}

/** How long a condition is waited for: a real ComfyUI on a busy machine takes a while. */
export const PATIENCE_MS = PLAN.standIn ? 100_000 : 300_000

// docker kills by itself what it is told to remove; podman stops it first, for as long as it is told.
const AT_ONCE = PLAN.program === 'podman' ? ['--time', '0'] : []

/** Runs the engine’s own program. */
export function engine(...args: readonly string[]): Promise<Said> {
  return runProgram(PLAN.program, args, { limitMs: PATIENCE_MS })
}

/** Starts a container in the background, with ports of its own on the host’s network; it goes when the test is finished. */
export async function startContainer(starting: Starting = {}): Promise<Container> {
  const name = `${PREFIX}-${randomBytes(4).toString('hex')}`
  const [port, httpPort] = [await freePort(), await freePort()]
  const env = { COMFY_PORT: String(port), COMFY_HTTP_PORT: String(httpPort), ...starting.env }
  if (!PLAN.keep)
    onTestFinished(async () => void (await engine('rm', '--force', '--volumes', ...AT_ONCE, name)))
  const said = await engine('run', '--detach', '--name', name, ...argumentsOf({ ...starting, env }))
  if (said.code !== 0) throw new Error(`Cannot start a container. ${said.err}`)
  const log = async () => {
    const { out, err } = await engine('logs', name)
    return out + err
  }
  const get = (path: string, at = httpPort) =>
    fetch(`http://127.0.0.1:${at}${path}`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
  const ready = async () => {
    let isOver = false
    // Asking whether it still runs, again and again, costs more than the boot that is waited for.
    void engine('wait', name).then(({ code }) => {
      isOver = code === 0
    })
    await until(
      async () => {
        if (isOver) throw new Error(`It ended before it was ready.\n${await log()}`)
        return (await get('/ready'))?.status === 200
      },
      `${name} to be ready`,
      PATIENCE_MS,
    ).catch(async (error: Error) => {
      throw isOver ? error : new Error(`${error.message}\n${await log()}`)
    })
  }
  return {
    ...{ name, port, httpPort, ready, log, get },
    stop: async () => {
      await engine('stop', '--time', '10', name)
      return exitCodeOf(name)
    },
    start: async () => void (await engine('start', name)),
    ended: async () => {
      await engine('wait', name)
      return exitCodeOf(name)
    },
    exec: (...command) => engine('exec', name, ...command),
  }
}

/** Runs a container to its end in the foreground; gives its exit code and what it printed. */
export function runContainer(starting: Starting = {}): Promise<Said> {
  return engine('run', '--rm', ...argumentsOf(starting))
}

function argumentsOf({ image, flags = [], volumes = [], env = {}, args = [] }: Starting): readonly string[] {
  return [
    ...['--pull', 'never', '--network', 'host', '--label', PLAN.label],
    ...flags,
    ...volumes.flatMap((volume) => ['--volume', volume]),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    image ?? nameOf(PLAN.images.cpu),
    ...args,
  ]
}

async function exitCodeOf(name: string): Promise<number> {
  return Number((await engine('inspect', '--format', '{{.State.ExitCode}}', name)).out)
}

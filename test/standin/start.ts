import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'

/** How a process ended. */
export type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** A stand-in that was started; everything it wrote so far is in `out` and `err`. */
export type Running = {
  readonly pid: number
  readonly url: string
  readonly port: number
  readonly out: () => string
  readonly err: () => string
  readonly end: Promise<End>
  readonly kill: (signal: NodeJS.Signals) => void
}

/** A folder with an image tree (`tree`) and a base directory for its state (`base`) that has custom_nodes. */
export type Place = { readonly tree: string; readonly base: string; readonly remove: () => Promise<void> }

/** Copies the image tree beside an empty base directory. */
export async function makePlace(): Promise<Place> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'standin-')))
  await cp(join(import.meta.dirname, '../support/comfyui'), join(root, 'tree'), {
    recursive: true,
    filter: (path) => !path.endsWith('__pycache__'),
  })
  await mkdir(join(root, 'base/custom_nodes'), { recursive: true })
  const remove = () => rm(root, { recursive: true, force: true })
  return { tree: join(root, 'tree'), base: join(root, 'base'), remove }
}

/** Starts the stand-in ComfyUI of a place on a free port, with --cpu and everything below `base` unless `bare`. */
export async function startComfyui(place: Place, options: StartOptions = {}): Promise<Running> {
  const port = options.port ?? (await freePort())
  const database = `sqlite:///${place.base}/user/comfyui.db`
  const usual = options.bare ? [] : ['--cpu', '--base-directory', place.base, '--database-url', database]
  const args = [join(place.tree, 'main.py'), ...usual, '--port', `${port}`, ...(options.args ?? [])]
  const isLeader = options.isLeader ?? false
  return start({ file: 'python3', args, cwd: place.tree, env: options.env ?? {}, port, isLeader })
}

export type StartOptions = {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly port?: number
  readonly bare?: boolean
  /** It leads a process group of its own, as a service does. */
  readonly isLeader?: boolean
}

/** Starts the stand-in ComfyUI and waits until it answers. */
export async function startReady(place: Place, options: StartOptions = {}): Promise<Running> {
  const running = await startComfyui(place, options)
  await answers(running, '/prompt')
  return running
}

/** Waits until a GET of the path gets any answer; throws with what the process wrote when it ends first. */
export async function answers(running: Running, path: string): Promise<void> {
  let ended: End | undefined
  void running.end.then((end) => {
    ended = end
  })
  await until(async () => {
    if (ended !== undefined) throw new Error(`It ended with ${ended.code ?? ended.signal}:\n${running.err()}`)
    return fetch(running.url + path).then(
      (answer) => answer.text().then(() => true),
      () => false,
    )
  }, `${running.url}${path}`)
}

/** Starts a Python program; the caller ends it. */
export function start(program: Program): Running {
  const { STANDIN_EXIT: _, JUPYTER_TOKEN: __, ...inherited } = process.env
  const child = spawn(program.file, program.args, {
    cwd: program.cwd,
    env: { ...inherited, ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: program.isLeader ?? false,
  })
  const out = collect(child.stdout)
  const err = collect(child.stderr)
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${program.port}`,
    port: program.port,
    out,
    err,
    end: endOf(child),
    kill: (signal) => void child.kill(signal),
  }
}

export type Program = {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  readonly isLeader?: boolean
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  return () => text
}

// «exit», not «close»: a child of the process may hold its pipes open for long.
function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => setImmediate(() => resolve({ code, signal })))
  })
}

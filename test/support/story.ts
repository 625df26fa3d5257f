import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { writeNode } from '../../scripts/sandbox/fill.ts'
import type { Status } from '../../src/app/status.ts'
import { type Box, makeBox, type Running, type RunOptions, type Said } from './container.ts'
import { freePort } from './free-port.ts'
import { stateIn } from './proc.ts'
import { tempFolder } from './temp-folder.ts'
import { until } from './until.ts'

const STAND_IN = join(import.meta.dirname, 'comfyui')

/** A world to boot in: an image with the stand-in ComfyUI, a volume for the workspace, shared models, ports of its own. */
export type World = {
  readonly box: Box
  /** The workspace's volume as the host sees it; owned by 1000:1000. */
  readonly workspace: string
  readonly models: string
  readonly port: number
  readonly httpPort: number
  /** Boots with the workspace at /workspace and the models, read-only, at /models. */
  readonly boot: (options?: RunOptions) => Promise<Running>
  readonly ready: (running: Running) => Promise<void>
  /** Runs comfy-init in a running container, as docker exec does: as root, with the container's own environment. */
  readonly ask: (running: Running, ...args: readonly string[]) => Promise<Said>
  /** GET /status, read. */
  readonly status: () => Promise<Status>
  /** GET on the status door or on ComfyUI; undefined when nobody answers. */
  readonly get: (
    path: string,
    port?: number,
  ) => Promise<{ readonly status: number; readonly text: string } | undefined>
}

/** Where the Python lies that ComfyUI runs with: its packages come before those of the image. */
export const OVERLAY_PYTHON = /^\/workspace\/\.comfy-init\/packages\/[^/]+\/[^/]+\/bin\/python$/

/** Makes a world. */
export async function makeWorld(): Promise<World> {
  const box = await makeBox()
  const folder = await tempFolder()
  const workspace = `${folder}/workspace`
  const models = `${folder}/models`
  mkdirSync(workspace)
  chownSync(workspace, 1000, 1000)
  for (const name of ['checkpoints', 'loras', 'LLM']) mkdirSync(`${models}/${name}`, { recursive: true })
  cpSync(STAND_IN, `${box.layer}/opt/ComfyUI`, { recursive: true, preserveTimestamps: true })
  writeNode(`${box.layer}/opt/ComfyUI/custom_nodes/stripes`, 'Stripes')
  writeNode(`${box.layer}/opt/comfy-init/nodes/checkers`, 'Checkers')
  chmodSync(`${box.layer}/workspace`, 0o755)
  markBirth(box)
  const [port, httpPort] = [await freePort(), await freePort()]
  const env = {
    COMFY_PORT: String(port),
    COMFY_HTTP_PORT: String(httpPort),
    COMFY_SHARED_MODELS: '/models',
  }
  const boot = (options: RunOptions = {}) =>
    box.run({
      ...options,
      volumes: options.volumes ?? [
        { from: workspace, at: '/workspace' },
        { from: models, at: '/models', readOnly: true },
      ],
      env: { ...env, ...options.env },
    })
  const get = (path: string, at = httpPort) => ask(`http://127.0.0.1:${at}${path}`)
  const ready = async (running: Running) => {
    let over: number | undefined
    void running.ended.then((code) => {
      over = code
    })
    await until(async () => {
      if (over !== undefined)
        throw new Error(
          `The container ended with ${over} before it was ready.\n${running.err()}${running.out()}`,
        )
      return (await get('/ready'))?.status === 200
    }, 'GET /ready to answer 200')
  }
  const status = async () => JSON.parse((await get('/status'))?.text ?? '{}') as Status
  const askInside = (running: Running, ...args: readonly string[]) =>
    box.exec(running, ['comfy-init', ...args], env)
  return { box, workspace, models, port, httpPort, boot, ready, get, status, ask: askInside }
}

/** What came into the image before is the image's; what comes later came into a container. To be called when it is complete. */
export function markBirth({ layer }: Box): void {
  writeFileSync(`${layer}/.dockerenv`, '')
}

async function ask(url: string) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) })
    return { status: answer.status, text: await answer.text() }
  } catch {
    return undefined
  }
}

/** Every path below a folder with its kind, mode, size and modification time: two equal lists are two equal trees. */
export function treeOf(folder: string, leaveOut: RegExp = /^$/): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !leaveOut.test(relative(folder, path)))
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false })
      return `${relative(folder, path)} ${found?.mode.toString(8)} ${found?.isFile() ? found.size : ''} ${found?.mtimeMs}`
    })
    .sort()
}

/** Zombies in a container, by reading the state of every process in its PID namespace. */
export function zombiesOf(running: Running): number {
  const proc = `/proc/${running.pid}/root/proc`
  const states = readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => stateIn(`${proc}/${name}/stat`))
  return states.filter((state) => state === 'Z').length
}

/** A file of /proc of a process that the container knows by this number, its parts separated by NUL. */
export function procOf(running: Running, inner: number | undefined, file: 'cmdline' | 'environ'): string[] {
  return readFileSync(`/proc/${running.pid}/root/proc/${inner}/${file}`, 'utf8').split('\0').slice(0, -1)
}

/** Adds 400 small files and a few of 4 MB to an image tree, so that copying it lasts a while. */
export function enlargeTree(home: string, largeFiles = 4): void {
  for (let n = 0; n < 400; n++) {
    const folder = `${home}/more/part-${n % 20}`
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}/${n}.py`, `number = ${n}\n`.repeat(50))
  }
  for (let n = 0; n < largeFiles; n++)
    writeFileSync(`${home}/more/large-${n}.bin`, Buffer.alloc(4_000_000, n))
}

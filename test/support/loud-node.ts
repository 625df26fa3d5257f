import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import type { Running, RunOptions } from './container.ts'
import { makeLogPipe } from './log-pipe.ts'
import type { World } from './story.ts'
import { tempFolder } from './temp-folder.ts'
import { until } from './until.ts'

/** Lines that a loud node prints. */
export const LOUD = 500_000

/** Code of a node that prints 500 MB in numbered lines of 1,000 bytes. */
export const LOUDLY = `for at in range(0, ${LOUD}, 100):
    block = b"".join(b"loud %07d %s\\n" % (n, b"x" * 987) for n in range(at, at + 100))
    while block: block = block[os.write(1, block):]`

/** Adds a custom node that does something once it is imported. */
export function addNode(world: World, code: string, { inThread = true } = {}): void {
  const folder = `${world.box.layer}/opt/ComfyUI/custom_nodes/loud`
  mkdirSync(folder, { recursive: true })
  const body = `${code}\n`.replaceAll('\n', '\n    ')
  const call = inThread ? 'threading.Thread(target=work, daemon=True).start()' : 'work()'
  writeFileSync(
    `${folder}/__init__.py`,
    `import os, sys, threading\nNODE_CLASS_MAPPINGS = {}\ndef work():\n    ${body}\n${call}\n`,
  )
}

/** Nodes are not imported on trial: what a loud one says is to come out of ComfyUI itself. */
export const UNTRIED = { COMFY_NODE_CHECK: 'off' } as const

/** Boots with the container's standard output and error going into named pipes that are not read yet. */
export async function bootIntoPipes(
  world: World,
  { env, errIsFull = false }: Pick<RunOptions, 'env'> & { readonly errIsFull?: boolean } = {},
) {
  const folder = await tempFolder()
  const [out, err] = [makeLogPipe(folder, 'out'), makeLogPipe(folder, 'err')]
  if (errIsFull) err.fill()
  const container = await world.boot({
    before: ['sh', '-c', 'exec "$@" >/log/out 2>/log/err', 'sh'],
    volumes: [
      { from: world.workspace, at: '/workspace' },
      { from: world.models, at: '/models', readOnly: true },
      { from: folder, at: '/log' },
    ],
    env: { ...UNTRIED, ...env },
  })
  const ours = await until(() => oursIn(container), 'comfy-init')
  for (const pipe of [out, err]) pipe.hasWriter()
  if (!errIsFull) err.reader.resume()
  return { container, out: out.reader, err: err.reader, ours }
}

/** The comfy-init that supervises, as the host numbers it: the child of PID 1, once that is no comfy-init any more. */
export function oursIn(container: Running): number | undefined {
  if (isOurs(container.pid)) return undefined
  const children = readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8')
  return children.trim().split(' ').map(Number).find(isOurs)
}

function isOurs(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith('/comfy-init')
  } catch {
    return false
  }
}

/** Memory of a process, MB. */
export function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )?.[1]
  return Number(kib) / 1024
}

/** Where ComfyUI’s log file lies in the workspace. */
export function pathOfLog({ workspace }: World): string {
  return `${workspace}/.comfy-init/logs/comfyui.log`
}

/** Size of a file, bytes; 0 when it is absent. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** All of the service's log, the oldest file first. */
export function logOf(world: World): string {
  const path = pathOfLog(world)
  return [`${path}.2`, `${path}.1`, path]
    .map((each) => (statSync(each, { throwIfNoEntry: false }) ? readFileSync(each, 'latin1') : ''))
    .join('')
}

/** Waits until the service cannot write any more: its log file stands still. */
export async function untilStill(world: World): Promise<void> {
  let size = 0
  let looks = 0
  await until(() => {
    const now = sizeOf(pathOfLog(world))
    looks = now > 0 && now === size ? looks + 1 : 0
    size = now
    return looks > 100
  }, 'the service to be held')
}

/** Command lines of all processes in a container. */
export function processesOf(container: Running): readonly string[] {
  const proc = `/proc/${container.pid}/root/proc`
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`${proc}/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        return []
      }
    })
}

/** The command line of the ComfyUI that runs in a container. */
export function comfyuiOf(container: Running): string | undefined {
  try {
    return processesOf(container).find((args) => args.includes('main.py'))
  } catch {
    return undefined
  }
}

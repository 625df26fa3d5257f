import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { type ContainerSpec, containerScript } from '../../scripts/sandbox/container-script.ts'
import { type BoxVolume, makeVolume } from './box-volume.ts'
import { commandOf, textOf } from './proc.ts'
import { tempFolder } from './temp-folder.ts'
import { until } from './until.ts'

const TOP = join(import.meta.dirname, '../..')

/** The binary that stories run. */
export const BINARY = join(TOP, `dist/comfy-init-linux-${process.arch}`)

/** How to start the container; `before` are programs to put in front of comfy-init inside, e.g. strace. */
export type RunOptions = Partial<Omit<ContainerSpec, 'folder' | 'command'>> & {
  readonly args?: readonly string[]
  readonly before?: readonly string[]
  /** Writes system calls of everything in the container to a file, by strace from outside: PID 1 stays PID 1. */
  readonly trace?: { readonly file: string; readonly calls: string }
}

/** A running container. `pid` is its PID 1 as the host sees it. */
export type Running = {
  readonly pid: number
  readonly out: () => string
  readonly err: () => string
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<number>
}

/** What a command left. */
export type Said = { readonly code: number; readonly out: string; readonly err: string }

/** An image and what runs from it. */
export type Box = {
  /** Folder of the image's own layer: what lies here at opt/x is /opt/x in the container. */
  readonly layer: string
  readonly run: (options?: RunOptions) => Promise<Running>
  /** Runs a command in a running container, as docker exec does; resolves with its output and code. */
  readonly exec: (
    running: Running,
    command: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<Said>
  /** A path of a container's root as the host sees it while one runs. */
  readonly seen: (running: Running, path: string) => string
  /** Folder of a container's own writable layer, as the host sees it. */
  readonly upper: (name: string) => string
  /** A volume that holds only so many bytes; goes with the box. */
  readonly makeVolume: (bytes: number) => BoxVolume
}

/**
 * An image over this machine's own root, run the way a container runtime does: overlay root, own PID, mount and IPC
 * namespaces, chroot, chosen user and capabilities. Needs root; nothing of it outlives the test.
 */
export async function makeBox(): Promise<Box> {
  if (!existsSync(BINARY)) throw new Error(`Cannot find ${BINARY}. Run «npm run binary» first.`)
  const folder = await tempFolder()
  const holder = await startHolder(folder)
  const layer = `/proc/${holder.pid}/root${folder}/image`
  for (const part of ['usr/local/bin', 'usr/bin', 'usr/libexec/podman', 'tmp', 'run', 'opt', 'workspace'])
    mkdirSync(`${layer}/${part}`, { recursive: true })
  writeFileSync(`${layer}/.dockerenv`, '')
  writeFileSync(`${layer}/usr/local/bin/comfy-init`, '')
  chmodSync(`${layer}/usr/local/bin/comfy-init`, 0o755)
  return {
    layer,
    run: (options = {}) => runIn({ folder, holder: holder.pid ?? 0, options }),
    exec: execIn,
    seen: (running, path) => `/proc/${running.pid}/root${path}`,
    upper: (name) => `/proc/${holder.pid}/root${folder}/${name}/upper`,
    makeVolume: (bytes) => makeVolume(`/proc/${holder.pid}`, folder, bytes),
  }
}

// The holder keeps one mount namespace with a tmpfs for all layers; everything in it goes when it dies, even with us.
async function startHolder(folder: string): Promise<ChildProcess> {
  const script = `mount -t tmpfs tmpfs ${folder} && mkdir ${folder}/image && echo ready && exec sleep 3600`
  const holder = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--mount', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  holder.stdout.on('data', (chunk) => {
    said += chunk
  })
  onTestFinished(() => void holder.kill('SIGKILL'))
  await until(() => said.includes('ready'), 'the holder of the layers')
  return holder
}

async function runIn({
  folder,
  holder,
  options,
}: {
  folder: string
  holder: number
  options: RunOptions
}): Promise<Running> {
  const script = scriptOf(folder, options)
  const unshare = [
    'unshare',
    '--pid',
    '--ipc',
    '--uts',
    '--mount',
    '--fork',
    '--kill-child',
    ...(options.offline ? ['--net'] : []),
    'sh',
    '-c',
    script,
  ]
  const { trace } = options
  const strace =
    trace === undefined
      ? []
      : ['strace', '--follow-forks', '-qq', '-s', '300', '-o', trace.file, '-e', `trace=${trace.calls}`]
  const [file = '', ...args] = [...strace, 'nsenter', `--mount=/proc/${holder}/ns/mnt`, ...unshare]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = saidBy(child)
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 255)))
  onTestFinished(() => {
    // A change of user takes away the order to die with its parent, so PID 1 is ended by itself.
    if (pid !== undefined && !over) send(pid, 'SIGKILL')
    child.kill('SIGKILL')
  })
  let pid: number | undefined
  let over = false
  void ended.then(() => {
    over = true
  })
  await until(() => {
    const outer = trace === undefined ? child.pid : childOf(child.pid ?? 0)
    pid = childOf(outer ?? 0)
    return (
      over || (pid !== undefined && !/^(chroot|setpriv|env)$/.test(commandOf(pid)) && chrooted(pid, folder))
    )
  }, 'PID 1 of the container')
  return {
    pid: pid ?? 0,
    out: () => said.out,
    err: () => said.err,
    kill: (signal) => void (pid !== undefined && send(pid, signal)),
    ended,
  }
}

function execIn(
  running: Running,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const enter = [
    '--target',
    String(running.pid),
    '--pid',
    '--mount',
    '--ipc',
    '--uts',
    '--net',
    '--root',
    '--wd',
    '--',
  ]
  const variables = Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...env }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const child = spawn('nsenter', [...enter, 'env', '-i', ...variables, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = saidBy(child)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? 255, ...said })))
}

function saidBy({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>) {
  const said = { out: '', err: '' }
  stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  return said
}

function scriptOf(folder: string, options: RunOptions): string {
  const { args = [], env, volumes = [], before = [], name = 'container', trace: _, ...rest } = options
  return containerScript({
    ...rest,
    folder,
    name,
    volumes: [{ from: BINARY, at: '/usr/local/bin/comfy-init', readOnly: true }, ...volumes],
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      COMFY_PYTHON: '/usr/bin/python3',
      COMFY_NODES: '',
      COMFY_LOG_LEVEL: 'debug',
      ...env,
    },
    command: [...before, '/usr/local/bin/comfy-init', ...args],
  })
}

function childOf(pid: number): number | undefined {
  const [first] = textOf(`/proc/${pid}/task/${pid}/children`).trim().split(' ')
  return first === undefined || first === '' ? undefined : Number(first)
}

function chrooted(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/root`).startsWith(folder)
  } catch {
    return false
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended by itself
  }
}

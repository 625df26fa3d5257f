import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { containerScript } from '../../sandbox/container-script.ts'
import { STUB, type Way } from './ways.ts'

const TOP = join(import.meta.dirname, '../../..')
const BINARY = join(TOP, `dist/comfy-init-linux-${process.arch}`)

const PATH = '/usr/local/bin:/usr/bin:/bin'

const SUPERVISORD = `[supervisord]
user=root
logfile=/dev/null
logfile_maxbytes=0
pidfile=/run/supervisord.pid
[unix_http_server]
file=/run/supervisor.sock
[inet_http_server]
port=127.0.0.1:9001
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/supervisor.sock
[program:stub]
command=${STUB}
stdout_logfile=/dev/null
stdout_logfile_maxbytes=0
`

/** Where containers of the benchmark run; all of it goes with the mount namespace and `end`. */
export type Sandbox = {
  readonly start: (way: Way, command?: readonly string[]) => Live
  /** Times the stub or the start wrapper stamped, seconds since 1970, in order. */
  readonly stamps: (name: string) => readonly number[]
  readonly end: () => void
}

/** A running container. */
export type Live = {
  /** PID 1 as the host sees it. */
  readonly first: () => number
  /** Its PID 1 and everything below, as the host sees them. */
  readonly processes: () => readonly number[]
  /** Runs a command inside; gives its exit code. */
  readonly inside: (command: readonly string[]) => number | null
  /** Resolves with the exit code and the time, seconds since 1970. */
  readonly ended: Promise<{ readonly code: number | null; readonly at: number }>
  readonly out: () => string
  readonly kill: () => Promise<void>
}

/** Makes the sandbox; to be called in a mount namespace of its own. */
export function makeSandbox(): Sandbox {
  const outside = mkdtempSync(join(tmpdir(), 'comfy-init-bench-'))
  const folder = `${outside}/layers`
  for (const name of ['layers', 'bench/s6/stub', 'bench/s6/.s6-svscan'])
    mkdirSync(`${outside}/${name}`, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  for (const name of ['usr/local/bin', 'opt', 'workspace', 'bench', 'tmp', 'run'])
    mkdirSync(`${folder}/image/${name}`, { recursive: true })
  writeFileSync(`${folder}/image/.dockerenv`, '')
  writeFileSync(`${folder}/image/usr/local/bin/comfy-init`, '')
  const home = `${folder}/image/opt/ComfyUI`
  cpSync(join(TOP, 'test/support/comfyui'), home, { recursive: true, preserveTimestamps: true })
  const script = (name: string, text: string) =>
    writeFileSync(`${outside}/bench/${name}`, text, { mode: 0o755 })
  script('stub', readFileSync(join(import.meta.dirname, 'stub.pl'), 'utf8'))
  script('start.sh', '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/start\nexec "$@"\n')
  script('ends', '#!/bin/sh\neval "$STUB_LINE"\n')
  script('s6/stub/run', `#!/bin/sh\nexec ${STUB}\n`)
  script('s6/.s6-svscan/finish', '#!/bin/sh\nexit 0\n')
  script('supervisord.conf', SUPERVISORD)
  chownSync(`${outside}/bench`, 1000, 1000)
  return {
    start: (way, command) => start({ outside, folder }, way, command),
    stamps: (name) => stampsIn(`${outside}/bench/${name}`),
    end: () => {
      execFileSync('umount', ['--lazy', folder])
      rmSync(outside, { recursive: true, force: true })
    },
  }
}

type Folders = { readonly outside: string; readonly folder: string }

function start({ outside, folder }: Folders, way: Way, command = way.command()): Live {
  for (const name of ['start', 'exec', 'up', 'seen', 'orphans'])
    rmSync(`${outside}/bench/${name}`, { force: true })
  setClock()
  const name = way.name.replaceAll(/\W+/g, '-')
  mkdirSync(`${outside}/workspace-${name}`, { recursive: true })
  chownSync(`${outside}/workspace-${name}`, 1000, 1000)
  const script = containerScript({
    folder,
    name,
    init: !way.file.endsWith('comfy-init'),
    offline: true,
    env: {
      PATH,
      COMFY_NODES: '',
      COMFY_LOG_LEVEL: 'error',
      ...way.env,
    },
    volumes: [
      { from: BINARY, at: '/usr/local/bin/comfy-init', readOnly: true },
      { from: `${outside}/workspace-${name}`, at: '/workspace' },
      { from: `${outside}/bench`, at: '/bench' },
    ],
    command: ['/bench/start.sh', ...command],
  })
  const namespaces = ['--pid', '--mount', '--ipc', '--net', '--fork', '--kill-child']
  const child = spawn('unshare', [...namespaces, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  return live(child)
}

function live(child: ChildProcess): Live {
  let out = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  const ended = new Promise<{ code: number | null; at: number }>((resolve) => {
    child.once('exit', (code) => resolve({ code, at: wallClock() }))
  })
  const first = () => childrenOf(child.pid ?? 0)[0] ?? 0
  return {
    first,
    processes: () => [first(), ...descendants(first())],
    inside: (command) => {
      const enter = ['--target', String(first()), '--pid', '--mount', '--net', '--root', '--']
      return spawnSync('nsenter', [...enter, ...command], { env: { PATH } }).status
    },
    ended,
    out: () => out,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

let originMs = 0

/** Seconds since 1970 on the kernel's own clock, to some microseconds: Date.now() alone knows whole milliseconds. */
export function wallClock(): number {
  return (originMs + performance.now()) / 1000
}

function setClock(): void {
  const before = Date.now()
  while (Date.now() === before);
  originMs = Date.now() - performance.now()
}

function stampsIn(path: string): readonly number[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').trim().split('\n').map(Number.parseFloat)
}

function descendants(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)])
}

function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
}

/** A file of /proc, empty when its process is gone. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

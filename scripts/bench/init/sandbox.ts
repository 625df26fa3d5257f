import { type ChildProcess, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { childrenOf, descendants, type Layers, makeLayers, PATH, startContainer } from '../layers.ts'
import { STUB, type Way } from './ways.ts'

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
  const layers = makeLayers()
  const { outside, script } = layers
  for (const name of ['stub', '.s6-svscan']) mkdirSync(`${outside}/bench/s6/${name}`, { recursive: true })
  script('stub', readFileSync(join(import.meta.dirname, 'stub.pl'), 'utf8'))
  script('ends', '#!/bin/sh\neval "$STUB_LINE"\n')
  script('s6/stub/run', `#!/bin/sh\nexec ${STUB}\n`)
  script('s6/.s6-svscan/finish', '#!/bin/sh\nexit 0\n')
  script('supervisord.conf', SUPERVISORD)
  return {
    start: (way, command) => start(layers, way, command),
    stamps: (name) => stampsIn(`${outside}/bench/${name}`),
    end: layers.end,
  }
}

function start(layers: Layers, way: Way, command = way.command()): Live {
  for (const name of ['start', 'exec', 'up', 'seen', 'orphans'])
    rmSync(`${layers.outside}/bench/${name}`, { force: true })
  setClock()
  const init = !way.file.endsWith('comfy-init')
  return live(
    startContainer(layers, { name: way.name, init, env: way.env, volumes: [], command, print: 'stdout' }),
  )
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

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { IMAGE_VENV, putPython, putUv } from '../../../test/support/node-image.ts'
import { type ContainerSpec, containerScript } from '../../sandbox/container-script.ts'

const TOP = join(import.meta.dirname, '../../..')
const BINARY = process.env.BENCH_BINARY ?? join(TOP, `dist/comfy-init-linux-${process.arch}`)

/** One container to be timed, from the start of its PID 1 to the first line of ComfyUI’s main.py. */
export type Boot = {
  readonly name: string
  /** As the host sees it; the same again is a second boot. */
  readonly workspace: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly offline?: boolean
  /** Writes the programs that were started to this file. */
  readonly trace?: string
}

/** Makes the image’s layer on a tmpfs of this mount namespace: the stand-in ComfyUI, a Python with torch, pip and uv. */
export function makeLayers(outside: string): void {
  const folder = `${outside}/layers`
  for (const name of ['layers', 'bench']) mkdirSync(`${outside}/${name}`, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  for (const name of ['usr/local/bin', 'opt', 'workspace', 'bench', 'tmp', 'run'])
    mkdirSync(`${folder}/image/${name}`, { recursive: true })
  writeFileSync(`${folder}/image/.dockerenv`, '')
  writeFileSync(`${folder}/image/usr/local/bin/comfy-init`, '')
  const home = `${folder}/image/opt/ComfyUI`
  cpSync(join(TOP, 'test/support/comfyui'), home, { recursive: true, preserveTimestamps: true })
  writeFileSync(`${home}/main.py`, STAMP + readFileSync(`${home}/main.py`, 'utf8'))
  putPython(`${folder}/image`)
  putUv(`${folder}/image`)
  cpSync(join(import.meta.dirname, 'shell-loop.sh'), `${outside}/bench/shell-loop.sh`)
  const start = '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/start\nexec "$@"\n'
  writeFileSync(`${outside}/bench/start.sh`, start, { mode: 0o755 })
  chownSync(`${outside}/bench`, 1000, 1000)
}

const STAMP = `import sys, time
if "--quick-test-for-ci" not in sys.argv:
    with open("/bench/exec", "w") as stamp:
        stamp.write(repr(time.time()))
    time.sleep(600)
`

/** Starts a container and gives the milliseconds; it is gone then, and its own layer with it. */
export async function timed(outside: string, boot: Boot): Promise<number> {
  for (const file of ['start', 'exec']) rmSync(`${outside}/bench/${file}`, { force: true })
  const said = { text: '' }
  const child = container(outside, boot, said)
  const stampOf = (file: string) =>
    Number(existsSync(`${outside}/bench/${file}`) ? readFileSync(`${outside}/bench/${file}`, 'utf8') : 0)
  const endMs = performance.now() + 300_000
  while (!(stampOf('exec') > 0)) {
    if (performance.now() > endMs || child.exitCode !== null)
      throw new Error(`${boot.name} ended without ComfyUI.\n${said.text}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const ms = (stampOf('exec') - stampOf('start')) * 1000
  await end(child)
  rmSync(`${outside}/layers/${boot.name}`, { recursive: true, force: true })
  return ms
}

function container(outside: string, boot: Boot, said: { text: string }): ChildProcess {
  mkdirSync(boot.workspace, { recursive: true })
  chownSync(boot.workspace, 1000, 1000)
  const spec: ContainerSpec = {
    folder: `${outside}/layers`,
    name: boot.name,
    offline: boot.offline,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      VENV: IMAGE_VENV,
      COMFY_PYTHON: `${IMAGE_VENV}/bin/python`,
      COMFY_GPU: 'off',
      COMFY_NODES: '',
      ...boot.env,
    },
    volumes: [
      { from: BINARY, at: '/usr/local/bin/comfy-init', readOnly: true },
      { from: boot.workspace, at: '/workspace' },
      { from: `${outside}/bench`, at: '/bench' },
    ],
    command: ['/bench/start.sh', ...boot.command],
  }
  const namespaces = [
    '--pid',
    '--mount',
    '--ipc',
    ...(boot.offline ? ['--net'] : []),
    '--fork',
    '--kill-child',
  ]
  const trace =
    boot.trace === undefined
      ? []
      : ['strace', '--follow-forks', '-qq', '-e', 'trace=execve', '-o', boot.trace]
  const [file = '', ...args] = [...trace, 'unshare', ...namespaces, 'sh', '-c', containerScript(spec)]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said.text += chunk
    })
  return child
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    // strace lets go of what it watches: the container is killed before it.
    for (const pid of childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL')
    child.kill('SIGKILL')
  })
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').filter(Boolean).map(Number)
}

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
import { type ContainerSpec, containerScript } from '../sandbox/container-script.ts'

/**
 * A warm boot, from the start of the container's PID 1 to the exec of ComfyUI's Python, beside a bash entrypoint that does
 * the same work; then the memory of our own processes while ComfyUI idles. Everything runs without a network.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 25)
const TOP = join(import.meta.dirname, '../..')
const BINARY = join(TOP, `dist/comfy-init-linux-${process.arch}`)

type Way = { readonly name: string; readonly command: readonly string[]; readonly init: boolean }

const WAYS: readonly Way[] = [
  {
    name: 'bash entrypoint under tini',
    command: ['/usr/bin/tini', '--', '/bench/entrypoint.sh'],
    init: true,
  },
  { name: 'comfy-init, embedded tini', command: ['/usr/local/bin/comfy-init'], init: false },
  { name: 'comfy-init, tini of the image', command: ['/usr/local/bin/comfy-init'], init: true },
  {
    name: 'comfy-init under tini (ENTRYPOINT tini --)',
    command: ['/usr/bin/tini', '--', '/usr/local/bin/comfy-init'],
    init: true,
  },
]

if (process.env.BENCH_INSIDE === undefined) inOwnMounts()
else await measure(mkdtempSync(join(tmpdir(), 'comfy-init-bench-')))

// Mounts made below vanish with this namespace.
function inOwnMounts(): void {
  const env = { ...process.env, BENCH_INSIDE: '1' }
  const again = ['--mount', process.execPath, join(TOP, 'scripts/bench.ts'), 'boot']
  process.exitCode = spawnSync('unshare', again, { stdio: 'inherit', env }).status ?? 1
}

async function measure(outside: string): Promise<void> {
  execFileSync(process.execPath, [join(TOP, 'scripts/binary.ts'), process.arch], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const folder = `${outside}/layers`
  prepare(outside, folder)
  const samples = new Map(WAYS.map((way) => [way.name, [] as number[]]))
  for (let round = -1; round < ROUNDS; round++)
    for (const way of WAYS) {
      const ms = await startToExec(outside, folder, way)
      if (round >= 0) samples.get(way.name)?.push(ms)
    }
  report(samples)
  console.log(`\nidle PSS of our processes: ${await idlePss(outside, folder)}`)
  execFileSync('umount', ['--lazy', folder])
  rmSync(outside, { recursive: true, force: true })
}

function prepare(outside: string, folder: string): void {
  for (const name of ['layers', 'bench', 'models/checkpoints', 'models/LLM'])
    mkdirSync(`${outside}/${name}`, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  for (const name of ['usr/local/bin', 'opt', 'workspace', 'models', 'bench', 'tmp', 'run'])
    mkdirSync(`${folder}/image/${name}`, { recursive: true })
  writeFileSync(`${folder}/image/.dockerenv`, '')
  writeFileSync(`${folder}/image/usr/local/bin/comfy-init`, '')
  cpSync(join(TOP, 'test/support/comfyui'), `${folder}/image/opt/ComfyUI`, {
    recursive: true,
    preserveTimestamps: true,
  })
  cpSync(join(TOP, 'scripts/bench/entrypoint.sh'), `${outside}/bench/entrypoint.sh`)
  const stamp = '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/exec\nexec sleep 60\n'
  writeFileSync(`${outside}/bench/python`, stamp, { mode: 0o755 })
  writeFileSync(
    `${outside}/bench/start.sh`,
    '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/start\nexec "$@"\n',
    { mode: 0o755 },
  )
  chownSync(`${outside}/bench`, 1000, 1000)
}

function container(
  outside: string,
  folder: string,
  way: Way,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const name = way.name.replaceAll(/\W+/g, '-')
  const workspace = `${outside}/workspace-${name}`
  mkdirSync(workspace, { recursive: true })
  chownSync(workspace, 1000, 1000)
  const spec: ContainerSpec = {
    folder,
    name,
    init: way.init,
    offline: true,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      COMFY_NODES: '',
      COMFY_SHARED_MODELS: '/models',
      COMFY_LOG_LEVEL: 'error',
      ...env,
    },
    volumes: [
      { from: BINARY, at: '/usr/local/bin/comfy-init', readOnly: true },
      { from: workspace, at: '/workspace' },
      { from: `${outside}/models`, at: '/models', readOnly: true },
      { from: `${outside}/bench`, at: '/bench' },
    ],
    command: ['/bench/start.sh', ...way.command],
  }
  const namespaces = ['--pid', '--mount', '--ipc', '--net', '--fork', '--kill-child']
  return spawn('unshare', [...namespaces, 'sh', '-c', containerScript(spec)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function startToExec(outside: string, folder: string, way: Way): Promise<number> {
  for (const file of ['start', 'exec']) rmSync(`${outside}/bench/${file}`, { force: true })
  const child = container(outside, folder, way, { COMFY_PYTHON: '/bench/python' })
  const stampOf = (file: string) =>
    Number(existsSync(`${outside}/bench/${file}`) ? readFileSync(`${outside}/bench/${file}`, 'utf8') : 0)
  await until(() => stampOf('exec') > 0, way.name)
  await end(child)
  return (stampOf('exec') - stampOf('start')) * 1000
}

async function idlePss(outside: string, folder: string): Promise<string> {
  const way = WAYS[1]
  if (way === undefined) return ''
  const child = container(outside, folder, way, { COMFY_PYTHON: '/usr/bin/python3', COMFY_LOG_LEVEL: 'info' })
  const ours = () =>
    descendants(child.pid ?? 0).filter(
      (pid) =>
        /tini|comfy-init|MainThread/.test(read(`/proc/${pid}/comm`)) &&
        !read(`/proc/${pid}/cmdline`).includes('main.py'),
    )
  const inside = (...command: readonly string[]) =>
    spawnSync('nsenter', [
      '--target',
      String(ours()[0]),
      '--pid',
      '--mount',
      '--net',
      '--root',
      '--',
      ...command,
    ])
  await until(
    () => ours().length >= 2 && inside('/usr/local/bin/comfy-init', 'health').status === 0,
    'a ready ComfyUI',
  )
  for (let probe = 0; probe < 20; probe++) inside('/usr/local/bin/comfy-init', 'health')
  await new Promise((resolve) => setTimeout(resolve, 5000))
  const sizes = ours().map((pid) => ({
    name: read(`/proc/${pid}/comm`).trim(),
    mib: Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1]) / 1024,
  }))
  await end(child)
  const total = sizes.reduce((sum, { mib }) => sum + mib, 0)
  return `${total.toFixed(1)} MiB (${sizes.map(({ name, mib }) => `${name} ${mib.toFixed(1)}`).join(', ')})`
}

function report(samples: ReadonlyMap<string, readonly number[]>): void {
  const base = median(samples.get(WAYS[0]?.name ?? '') ?? [])
  console.log(
    `warm boot, start of PID 1 to exec of ComfyUI’s Python, ${ROUNDS} rounds interleaved, no network\n`,
  )
  console.log(`${''.padEnd(46)}median     p90   ratio`)
  for (const [name, values] of samples) {
    const sorted = values.toSorted((a, b) => a - b)
    const p90 = sorted[Math.floor(sorted.length * 0.9)] ?? Number.NaN
    console.log(
      `${name.padEnd(44)}${median(values).toFixed(1).padStart(6)}ms${p90.toFixed(1).padStart(6)}ms   ${(median(values) / base).toFixed(2)}`,
    )
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function descendants(pid: number): readonly number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 30_000
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`Waited 30 s in vain for ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

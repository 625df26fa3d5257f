import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchPythonTools } from '../python-tools.ts'
import { type Boot, makeLayers, timed } from './nodes/boxes.ts'
import { makeNeighbours, type Neighbours } from './nodes/neighbours.ts'

/**
 * Custom nodes: the first install of 20 of them from hosts that are 20 ms away, beside a shell loop of `git clone` and
 * `pip install -r`; then a warm boot over 50 of them beside one over none. ROUNDS and WARM_ROUNDS set how often. Needs root.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const WARM_ROUNDS = Number(process.env.WARM_ROUNDS ?? 25)
const TOP = join(import.meta.dirname, '../..')
const COMFY_INIT = ['/usr/local/bin/comfy-init']

type Samples = Map<string, number[]>

if (process.env.BENCH_INSIDE === undefined) inOwnMounts()
else {
  const outside = mkdtempSync(join(tmpdir(), 'comfy-init-bench-'))
  try {
    await measure(outside)
  } finally {
    spawnSync('umount', ['--lazy', `${outside}/layers`])
    rmSync(outside, { recursive: true, force: true })
  }
  process.exit()
}

// Mounts made below vanish with this namespace.
function inOwnMounts(): void {
  const env = { ...process.env, BENCH_INSIDE: '1' }
  const again = ['--mount', process.execPath, join(TOP, 'scripts/bench.ts'), 'nodes']
  process.exitCode = spawnSync('unshare', again, { stdio: 'inherit', env }).status ?? 1
}

async function measure(outside: string): Promise<void> {
  fetchPythonTools()
  if (process.env.BENCH_BINARY === undefined)
    execFileSync(process.execPath, [join(TOP, 'scripts/binary.ts'), process.arch], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  makeLayers(outside)
  const which = (process.env.CASES ?? 'first,warm').split(',')
  if (which.includes('first')) await firstInstall(outside)
  if (which.includes('warm')) await warmBoot(outside)
}

async function firstInstall(outside: string): Promise<void> {
  const hosts = await hostsIn(`${outside}/far`, { count: 20, roundTripMs: 20 })
  writeFileSync(`${outside}/bench/nodes`, `${hosts.urls.join('\n')}\n`)
  const ours = { ...hosts.env, COMFY_NODES: hosts.urls.join(' ') }
  const ways: readonly Omit<Boot, 'workspace'>[] = [
    { name: 'shell', command: ['/bench/shell-loop.sh'], env: hosts.env },
    { name: 'comfy-init', command: COMFY_INIT, env: { ...ours, COMFY_NODE_CHECK: 'off' } },
    { name: 'comfy-init, nodes imported on trial', command: COMFY_INIT, env: ours },
  ]
  const samples: Samples = new Map()
  for (let round = -1; round < ROUNDS; round++)
    for (const way of ways) {
      const workspace = `${outside}/first-${round}-${ways.indexOf(way)}`
      const ms = await timed(outside, { ...way, name: nameOf(way.name), workspace })
      expectAllThere(way.name, workspace, hosts)
      rmSync(workspace, { recursive: true, force: true })
      if (round >= 0) keep(samples, way.name, ms)
    }
  console.log(
    'first install of 20 nodes with their packages, hosts 20 ms away, start of PID 1 to ComfyUI’s first line',
  )
  report(samples, 'shell')
  const ratio = median(samples.get('shell')) / median(samples.get('comfy-init'))
  console.log(
    `${ratio >= 4 ? 'met    ' : 'missed '} at least 4 × faster than the shell loop: ${ratio.toFixed(1)} ×\n`,
  )
}

async function warmBoot(outside: string): Promise<void> {
  const hosts = await hostsIn(`${outside}/near`, { count: 50, roundTripMs: 0 })
  const ways: readonly Boot[] = [
    { name: 'no nodes', workspace: `${outside}/warm-none`, command: COMFY_INIT },
    {
      name: '50 nodes',
      workspace: `${outside}/warm-fifty`,
      command: COMFY_INIT,
      env: { ...hosts.env, COMFY_NODES: hosts.urls.join(' ') },
    },
  ]
  for (const way of ways) await timed(outside, { ...way, name: nameOf(way.name) })
  const samples: Samples = new Map()
  for (let round = -1; round < WARM_ROUNDS; round++)
    for (const way of ways) {
      const ms = await timed(outside, { ...way, name: nameOf(way.name), offline: true })
      if (round >= 0) keep(samples, way.name, ms)
    }
  console.log('warm boot in a new container without a network, start of PID 1 to ComfyUI’s first line')
  report(samples, 'no nodes')
  const programs: (readonly string[])[] = []
  for (const way of ways) programs.push(await programsOf(outside, way))
  const cost = median(samples.get('50 nodes')) - median(samples.get('no nodes'))
  console.log(`${cost <= 30 ? 'met    ' : 'missed '} at most 30 ms for 50 nodes: ${cost.toFixed(1)} ms`)
  const isSame = programs[0]?.length === programs[1]?.length
  console.log(`${isSame ? 'met    ' : 'missed '} no process is started for them: ${programs[1]?.join(' ')}`)
}

async function hostsIn(
  folder: string,
  how: { readonly count: number; readonly roundTripMs: number },
): Promise<Neighbours> {
  mkdirSync(folder)
  return makeNeighbours(folder, how)
}

// A way that left something out would be fast.
function expectAllThere(way: string, workspace: string, { urls }: Neighbours): void {
  const custom = way === 'shell' ? `${workspace}/custom_nodes` : `${workspace}/ComfyUI/custom_nodes`
  for (const url of urls) readFileSync(`${custom}/${/([^/]+)\.git$/.exec(url)?.[1]}/__init__.py`)
}

async function programsOf(outside: string, way: Boot): Promise<readonly string[]> {
  const trace = `${outside}/trace`
  await timed(outside, { ...way, name: nameOf(way.name), offline: true, trace })
  const started = [...readFileSync(trace, 'utf8').matchAll(/execve\("([^"]+)".* = 0$/gm)].map(
    ([, file = '']) => file,
  )
  return started.slice(started.indexOf('/usr/local/bin/comfy-init'))
}

function keep(samples: Samples, name: string, ms: number): void {
  samples.set(name, [...(samples.get(name) ?? []), ms])
}

function nameOf(way: string): string {
  return way.replaceAll(/\W+/g, '-')
}

function report(samples: Samples, base: string): void {
  console.log(`${''.padEnd(40)}median     least      most   rounds`)
  for (const [name, values] of samples) {
    const figures = [median(values), Math.min(...values), Math.max(...values)].map(
      (ms) => `${ms.toFixed(0)} ms`,
    )
    const ratio = (median(values) / median(samples.get(base))).toFixed(2)
    console.log(
      `${name.padEnd(36)}${figures.map((text) => text.padStart(10)).join('')}   ${values.length}   × ${ratio}`,
    )
  }
}

function median(values: readonly number[] = []): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

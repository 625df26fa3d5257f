import type { ChildProcess } from 'node:child_process'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildBinary,
  descendants,
  isInOwnMounts,
  type Layers,
  makeLayers,
  startContainer,
  TOP,
  textOf,
} from './layers.ts'

/**
 * A warm boot, from the start of the container's PID 1 to the exec of ComfyUI's Python, beside a bash entrypoint that does
 * the same work; then the memory of our own processes while ComfyUI idles. Everything runs without a network.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 25)

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

if (isInOwnMounts('boot')) await measure()

async function measure(): Promise<void> {
  buildBinary()
  const layers = makeLayers()
  prepare(layers)
  const samples = new Map(WAYS.map((way) => [way.name, [] as number[]]))
  for (let round = -1; round < ROUNDS; round++)
    for (const way of WAYS) {
      const ms = await startToExec(layers, way)
      if (round >= 0) samples.get(way.name)?.push(ms)
    }
  report(samples)
  console.log(`\nidle PSS of our processes: ${await idlePss(layers)}`)
  layers.end()
}

function prepare({ outside, script }: Layers): void {
  for (const name of ['models/checkpoints', 'models/LLM'])
    mkdirSync(`${outside}/${name}`, { recursive: true })
  cpSync(join(TOP, 'scripts/bench/entrypoint.sh'), `${outside}/bench/entrypoint.sh`)
  script('python', '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/exec\nexec sleep 60\n')
}

function container(layers: Layers, way: Way, env: Readonly<Record<string, string>>): ChildProcess {
  return startContainer(layers, {
    ...way,
    env: { COMFY_SHARED_MODELS: '/models', ...env },
    volumes: [{ from: `${layers.outside}/models`, at: '/models', readOnly: true }],
    print: 'stderr',
  })
}

async function startToExec(layers: Layers, way: Way): Promise<number> {
  const { outside } = layers
  for (const file of ['start', 'exec']) rmSync(`${outside}/bench/${file}`, { force: true })
  const child = container(layers, way, { COMFY_PYTHON: '/bench/python' })
  const stampOf = (file: string) =>
    Number(existsSync(`${outside}/bench/${file}`) ? readFileSync(`${outside}/bench/${file}`, 'utf8') : 0)
  await until(() => stampOf('exec') > 0, way.name)
  await end(child)
  return (stampOf('exec') - stampOf('start')) * 1000
}

async function idlePss(layers: Layers): Promise<string> {
  const way = WAYS[1]
  if (way === undefined) return ''
  const child = container(layers, way, { COMFY_PYTHON: '/usr/bin/python3', COMFY_LOG_LEVEL: 'info' })
  const ours = () =>
    descendants(child.pid ?? 0).filter(
      (pid) =>
        /tini|comfy-init|MainThread/.test(textOf(`/proc/${pid}/comm`)) &&
        !textOf(`/proc/${pid}/cmdline`).includes('main.py'),
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
    name: textOf(`/proc/${pid}/comm`).trim(),
    mib: Number(/^Pss:\s+(\d+)/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1]) / 1024,
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

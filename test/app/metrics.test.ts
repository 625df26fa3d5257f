import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { type Measured, measure } from '../../src/app/metrics.ts'
import { keepTally } from '../../src/app/metrics-tally.ts'
import { makeBus } from '../../src/base/event.ts'
import { realHost } from '../../src/host/host.ts'
import { exposition } from '../../src/http/exposition.ts'
import { aDeath, aStatus } from '../support/status.ts'
import { until } from '../support/until.ts'

const host = realHost()

/** What a scrape reads: values by name and labels. */
async function scraped(from: Partial<Measured>, tell: (bus: ReturnType<typeof makeBus>) => void = () => {}) {
  const bus = makeBus()
  const tally = keepTally(bus)
  tell(bus)
  const metrics = await measure(host, { status: aStatus(), gauges: {}, tally, elapsedMs: 1500, ...from })
  const { type, text } = await exposition(metrics)
  return { type, text, ...parsed(text) }
}

/** Reads Prometheus's text format, version 0.0.4, strictly. */
function parsed(text: string) {
  const values = new Map<string, number>()
  const kinds = new Map<string, string>()
  const helps = new Set<string>()
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? []
    if (what === 'HELP') helps.add(name)
    else if (what === 'TYPE') kinds.set(name, rest)
    else {
      const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[\d.e+-]+)$/.exec(line)
      expect(sample, line).not.toBeNull()
      const [, metric = '', labels = '', value] = sample ?? []
      expect(kinds.has(metric) && helps.has(metric), line).toBe(true)
      expect(values.has(metric + labels), line).toBe(false)
      values.set(metric + labels, Number(value))
    }
  }
  return { values, kinds }
}

test('what is known is told in Prometheus’s text format', async () => {
  const { type, values } = await scraped(
    {
      status: aStatus({ conditions: [{ condition: 'stalled', text: 'x' }] }),
      gauges: {
        queue: { running: 1, pending: 7 },
        gpus: [{ index: 0, name: 'NVIDIA "X"\\1\n', usedBytes: 5, totalBytes: 10, utilisation: 0.5 }],
      },
    },
    ({ tell }) => {
      for (const cause of ['traceback', 'killed', 'traceback'] as const)
        tell({ type: 'death', death: aDeath({ cause }) })
      tell({ type: 'progress', id: 'a/b', bytes: { done: 9e9, total: 1e10 }, files: { done: 3, total: 4 } })
    },
  )

  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(Object.fromEntries(values)).toMatchObject({
    comfy_init_start_time_seconds: Date.parse(aStatus().startedAt) / 1000,
    comfy_init_uptime_seconds: 1.5,
    'comfy_init_phase{phase="ready"}': 1,
    'comfy_init_phase{phase="failed"}': 0,
    'comfy_init_condition{condition="stalled"}': 1,
    'comfy_init_condition{condition="draining"}': 0,
    'comfy_init_step_duration_seconds{step="workspace/adopt-image"}': 8.1,
    'comfy_init_step_result{step="workspace/adopt-image",result="done"}': 1,
    'comfy_init_copied_bytes_total{step="a/b"}': 9e9,
    'comfy_init_copied_files_total{step="a/b"}': 3,
    'comfy_init_service_up{service="comfyui"}': 1,
    'comfy_init_service_up{service="jupyter"}': 0,
    'comfy_init_service_state{service="jupyter",state="backoff"}': 1,
    'comfy_init_service_state{service="jupyter",state="running"}': 0,
    'comfy_init_service_safe_mode{service="comfyui"}': 0,
    'comfy_init_service_restarts_total{service="jupyter"}': 2,
    'comfy_init_service_deaths_total{service="comfyui",cause="traceback"}': 2,
    'comfy_init_service_deaths_total{service="comfyui",cause="killed"}': 1,
    'comfy_init_service_deaths_total{service="comfyui",cause="stalled"}': 0,
    'comfy_init_service_deaths_total{service="jupyter",cause="exit"}': 0,
    comfy_init_queue_running: 1,
    comfy_init_queue_pending: 7,
    'comfy_init_gpu_memory_used_bytes{gpu="0",name="NVIDIA \\"X\\"\\\\1\\n"}': 5,
    'comfy_init_gpu_utilization_ratio{gpu="0",name="NVIDIA \\"X\\"\\\\1\\n"}': 0.5,
  })
  const holding = [...values].filter(([name, value]) => name.startsWith('comfy_init_phase{') && value === 1)
  expect(holding).toHaveLength(1)
})

test('names end in their unit, counters and nothing else in _total', async () => {
  const { kinds, values } = await scraped({ gauges: { queue: { running: 0, pending: 0 } } })

  expect([...values.keys()].filter((name) => !name.startsWith('comfy_init_'))).toEqual([])
  for (const [name, kind] of kinds)
    expect({ name, total: name.endsWith('_total') }).toEqual({ name, total: kind === 'counter' })
  expect([...values.keys()].join()).not.toMatch(/_ms\b|milliseconds|percent|_mb\b/)
})

test('what nobody knows is left out', async () => {
  const { text } = await scraped({ status: aStatus({ services: [], steps: [] }) })

  expect(text).not.toMatch(/queue_|gpu_|service_|step_|copied|deaths/)
  expect(text).toContain('comfy_init_info{')
})

test('resident memory is ours, and that of all processes of a service’s group', async () => {
  const script = 'import os, time; os.fork(); kept = b"x" * 50_000_000; os.write(1, b"."); time.sleep(600)'
  const child = spawn('python3', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = child.pid ?? 0
  onTestFinished(() => void process.kill(-pid, 'SIGKILL'))
  let said = ''
  child.stdout.on('data', (text) => {
    said += text
  })
  await until(() => said === '..', 'both processes')
  const service = { name: 'comfyui', title: 'ComfyUI', state: 'running', restarts: 0, isSafe: false } as const
  const { values } = await scraped({ status: aStatus({ services: [{ ...service, pid }] }) })

  const own = values.get('comfy_init_resident_memory_bytes') ?? 0
  expect(Math.abs(own - residentBytes('self'))).toBeLessThan(30_000_000)
  expect(values.get('comfy_init_service_resident_memory_bytes{service="comfyui"}')).toBeGreaterThan(
    100_000_000,
  )
  expect(values.get('comfy_init_service_resident_memory_bytes{service="comfyui"}')).toBeLessThan(300_000_000)
})

test('a service whose processes are gone holds no memory', async () => {
  const service = { name: 'comfyui', title: 'ComfyUI', state: 'running', restarts: 0, isSafe: false } as const
  const { values } = await scraped({ status: aStatus({ services: [{ ...service, pid: 2 ** 22 - 1 }] }) })

  expect(values.get('comfy_init_service_resident_memory_bytes{service="comfyui"}')).toBe(0)
})

test('a process that ends while it is measured counts for nothing', async () => {
  const gone = Object.assign(new Error('ESRCH: no such process, read'), { code: 'ESRCH' })
  const readText = (path: string) =>
    path.endsWith('/status') ? Promise.reject(gone) : host.fs.readText(path)
  const tally = keepTally(makeBus())
  const from = { status: aStatus(), gauges: {}, tally, elapsedMs: 0 }
  const metrics = await measure({ ...host, fs: { ...host.fs, readText } }, from)

  expect(metrics.find(({ name }) => name === 'comfy_init_resident_memory_bytes')?.samples).toEqual([
    { value: 0 },
  ])
})

function residentBytes(pid: string): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) * 1024
}

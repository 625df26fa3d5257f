import type { DeathCause } from '../base/death.ts'
import type { Condition, Phase, ServiceState } from '../base/event.ts'
import { version } from '../base/version.ts'
import type { Gauges } from './gauges.ts'
import { type MemoryHost, memoryMetrics } from './metrics-memory.ts'
import { type Metric, metric, type Sample } from './metrics-names.ts'
import type { Tally } from './metrics-tally.ts'
import type { Status } from './status.ts'

/** What metrics are made from. */
export type Measured = {
  readonly status: Status
  readonly gauges: Gauges
  readonly tally: Tally
  readonly elapsedMs: number
}

/** Everything that can be measured, as it is now; what is not known is left out. */
export async function measure(host: MemoryHost, from: Measured): Promise<readonly Metric[]> {
  const all = [
    ...programMetrics(from),
    ...stepMetrics(from),
    ...serviceMetrics(from),
    ...(await memoryMetrics(host, from.status)),
    ...queueMetrics(from.gauges),
    ...gpuMetrics(from.gauges),
  ]
  return all.filter(({ samples }) => samples.length > 0)
}

function programMetrics({ status, elapsedMs }: Measured): readonly Metric[] {
  const { phase, conditions, instance, startedAt } = status
  const holding = conditions.map((each) => each.condition)
  return [
    metric('info', [{ labels: { version, instance }, value: 1 }]),
    metric('start_time_seconds', [{ value: Date.parse(startedAt) / 1000 }]),
    metric('uptime_seconds', [{ value: elapsedMs / 1000 }]),
    metric(
      'phase',
      oneHot(PHASES, [phase], (each) => ({ phase: each })),
    ),
    metric(
      'condition',
      oneHot(CONDITIONS, holding, (each) => ({ condition: each })),
    ),
  ]
}

function stepMetrics({ status, tally }: Measured): readonly Metric[] {
  const ended = status.steps.filter((step) => step.ms !== undefined)
  const copied = (what: 'bytes' | 'files') =>
    tally.copied().map((each) => ({ labels: { step: each.step }, value: each[what] }))
  return [
    metric(
      'step_duration_seconds',
      ended.map(({ id, ms = 0 }) => ({ labels: { step: id }, value: ms / 1000 })),
    ),
    metric(
      'step_result',
      ended.map(({ id, state }) => ({ labels: { step: id, result: state }, value: 1 })),
    ),
    metric('copied_bytes_total', copied('bytes')),
    metric('copied_files_total', copied('files')),
  ]
}

function serviceMetrics({ status: { services }, tally }: Measured): readonly Metric[] {
  const each = (measured: (service: (typeof services)[number]) => number) =>
    services.map((service) => ({ labels: { service: service.name }, value: measured(service) }))
  const states = services.flatMap(({ name, state }) =>
    oneHot(STATES, [state], (one) => ({ service: name, state: one })),
  )
  return [
    metric(
      'service_up',
      each(({ state }) => (state === 'running' ? 1 : 0)),
    ),
    metric('service_state', states),
    metric(
      'service_safe_mode',
      each(({ isSafe }) => (isSafe ? 1 : 0)),
    ),
    metric(
      'service_restarts_total',
      each(({ restarts }) => restarts),
    ),
    metric('service_deaths_total', deathSamples(services, tally)),
  ]
}

// A series that begins with its first death has no increase: each begins at none.
function deathSamples(services: Status['services'], tally: Tally): readonly Sample[] {
  const counted = tally.deaths()
  const names = new Set(
    [...services, ...counted.map(({ service }) => ({ name: service }))].map(({ name }) => name),
  )
  return [...names].flatMap((service) =>
    CAUSES.map((cause) => {
      const found = counted.find((each) => each.service === service && each.cause === cause)
      return { labels: { service, cause }, value: found?.count ?? 0 }
    }),
  )
}

function queueMetrics({ queue }: Gauges): readonly Metric[] {
  if (queue === undefined) return []
  return [
    metric('queue_running', [{ value: queue.running }]),
    metric('queue_pending', [{ value: queue.pending }]),
  ]
}

function gpuMetrics({ gpus = [] }: Gauges): readonly Metric[] {
  const each = (measured: (gpu: (typeof gpus)[number]) => number) =>
    gpus.map((gpu) => ({ labels: { gpu: String(gpu.index), name: gpu.name }, value: measured(gpu) }))
  return [
    metric(
      'gpu_memory_used_bytes',
      each(({ usedBytes }) => usedBytes),
    ),
    metric(
      'gpu_memory_total_bytes',
      each(({ totalBytes }) => totalBytes),
    ),
    metric(
      'gpu_utilization_ratio',
      each(({ utilisation }) => utilisation),
    ),
  ]
}

type Labels = Readonly<Record<string, string>>

function oneHot(
  all: readonly string[],
  holding: readonly string[],
  labelled: (each: string) => Labels,
): readonly Sample[] {
  return all.map((each) => ({ labels: labelled(each), value: holding.includes(each) ? 1 : 0 }))
}

const PHASES = namesOf<Phase>({
  preparing: 0,
  starting: 0,
  ready: 0,
  degraded: 0,
  stopping: 0,
  stopped: 0,
  failed: 0,
})

const CONDITIONS = namesOf<Condition>({
  'safe-mode': 0,
  stalled: 0,
  'gpu-lost': 0,
  draining: 0,
  'import-failed': 0,
})

const STATES = namesOf<ServiceState>({
  stopped: 0,
  starting: 0,
  running: 0,
  stopping: 0,
  killing: 0,
  backoff: 0,
  'gave-up': 0,
  stuck: 0,
})

const CAUSES = namesOf<DeathCause>({
  exit: 0,
  signal: 0,
  killed: 0,
  'out-of-memory': 0,
  'cuda-memory': 0,
  'cuda-error': 0,
  'gpu-lost': 0,
  traceback: 0,
  assets: 0,
  'port-in-use': 0,
  'missing-package': 0,
  'bad-arguments': 0,
  'disk-full': 0,
  stalled: 0,
})

// As keys of a record, so that none can be forgotten.
function namesOf<T extends string>(all: Readonly<Record<T, 0>>): readonly string[] {
  return Object.keys(all)
}

import { Counter, Gauge, Registry } from 'prom-client'
import type { Metric } from '../app/metrics-names.ts'

/** Metrics as Prometheus reads them: the content type, and the text. */
export async function exposition(
  metrics: readonly Metric[],
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry()
  for (const metric of metrics) register(metric, registry)
  return { type: registry.contentType, text: await registry.metrics() }
}

function register({ name, type, help, samples }: Metric, registry: Registry): void {
  const about = { name, help, labelNames: Object.keys(samples[0]?.labels ?? {}), registers: [registry] }
  if (type === 'counter') {
    const counter = new Counter(about)
    for (const { labels = {}, value } of samples) counter.inc({ ...labels }, value)
  } else {
    const gauge = new Gauge(about)
    for (const { labels = {}, value } of samples) gauge.set({ ...labels }, value)
  }
}

/** Every metric by its name after `comfy_init_`: its kind and what it tells. Names end in their unit, counters in `_total`. */
export const metricNames = {
  info: ['gauge', 'Version and instance; always 1.'],
  start_time_seconds: ['gauge', 'When the program started, seconds since 1970.'],
  uptime_seconds: ['gauge', 'Time since the program started.'],
  phase: ['gauge', 'Phase of the boot: 1 for the one that holds.'],
  condition: ['gauge', 'What holds beside the phase: 1 where it does.'],
  step_duration_seconds: ['gauge', 'Time that a step of the boot took.'],
  step_result: ['gauge', 'How a step of the boot ended: 1 for its result.'],
  copied_bytes_total: ['counter', 'Bytes that a step has put in their place.'],
  copied_files_total: ['counter', 'Files that a step has put in their place.'],
  service_up: ['gauge', 'Whether a service answers.'],
  service_state: ['gauge', 'State of a service: 1 for the one it is in.'],
  service_safe_mode: ['gauge', 'Whether a service runs without some of its parts.'],
  service_restarts_total: ['counter', 'Starts of a service after its first one.'],
  service_deaths_total: ['counter', 'Ends of a service that nobody asked for, by cause.'],
  service_resident_memory_bytes: [
    'gauge',
    'Resident memory of all processes of a service; what they share is counted for each.',
  ],
  resident_memory_bytes: ['gauge', 'Resident memory of comfy-init itself.'],
  queue_running: ['gauge', 'Prompts that ComfyUI works on.'],
  queue_pending: ['gauge', 'Prompts that wait in ComfyUI’s queue.'],
  gpu_memory_used_bytes: ['gauge', 'Memory of a card in use.'],
  gpu_memory_total_bytes: ['gauge', 'Memory of a card.'],
  gpu_utilization_ratio: ['gauge', 'How busy a card is, 0 to 1.'],
} as const satisfies Readonly<Record<string, readonly ['gauge' | 'counter', string]>>

/** One value of a metric, told apart from its others by labels. */
export type Sample = { readonly labels?: Readonly<Record<string, string>>; readonly value: number }

/** One metric with its values, under its full name. */
export type Metric = {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** A metric of the table with these values. */
export function metric(name: keyof typeof metricNames, samples: readonly Sample[]): Metric {
  const [type, help] = metricNames[name]
  return { name: `comfy_init_${name}`, type, help, samples }
}

import type { Runtime } from '../base/entry.ts'
import type { Bus, Event, Part, Phase, ServiceState, StepResult } from '../base/event.ts'
import type { Problem, ProblemText } from '../base/problem.ts'
import { percentOf } from './progress-text.ts'

/**
 * One step as the status shows it. While it works and has told how far it is: `percent` 0 to 100, `bytes`, `files`,
 * `leftMs` once that can be estimated, and `paused` when somebody has it wait.
 */
export type StepStatus = {
  readonly id: string
  readonly title: string
  readonly state: 'waiting' | 'working' | StepResult
  readonly percent?: number
  readonly bytes?: Part
  readonly files?: Part
  readonly leftMs?: number
  readonly paused?: boolean
  readonly ms?: number
}

/** One service as the status shows it. */
export type ServiceLine = {
  readonly name: string
  readonly state: ServiceState
  readonly pid?: number
  readonly why?: string
  readonly restarts: number
}

/** Everything that /status and `comfy-init status` show; JSON as it is. */
export type Status = {
  readonly phase: Phase
  readonly version: string
  readonly instance: string
  /** ISO time of the program's start. */
  readonly startedAt: string
  readonly step: StepStatus | undefined
  readonly steps: readonly StepStatus[]
  readonly services: readonly ServiceLine[]
  readonly problems: readonly ProblemText[]
  /** Addresses by use, e.g. comfyui → http://127.0.0.1:8188. */
  readonly addresses: Readonly<Record<string, string>>
}

/** What never changes during a boot. */
export type StatusBase = Pick<Status, 'version' | 'instance' | 'startedAt' | 'addresses'>

/** Keeps the status up to date from the bus alone; the returned function gives it as it is now. */
export function keepStatus(bus: Bus, base: StatusBase): () => Status {
  let phase: Phase = 'preparing'
  let runtime: Runtime = 'docker'
  const steps = new Map<string, StepStatus>()
  const services = new Map<string, ServiceLine>()
  const problems = new Map<string, Problem>()
  const note = (event: Event) => {
    if (event.type === 'phase') phase = event.phase
    else if (event.type === 'runtime') runtime = event.runtime
    else if (event.type === 'problem')
      problems.set(`${event.problem.code} ${event.problem.message}`, event.problem)
    else if (event.type === 'service-state')
      services.set(event.service, serviceLine(services.get(event.service), event))
    else noteStep(steps, event)
  }
  bus.listen(note)
  return () => {
    const all = [...steps.values()]
    return {
      phase,
      ...base,
      step: all.find((step) => step.state === 'working'),
      steps: all,
      services: [...services.values()],
      problems: [...problems.values()].map((problem) => problem.in(runtime)),
    }
  }
}

function noteStep(steps: Map<string, StepStatus>, event: Event): void {
  if (event.type === 'round') {
    for (const { id, title } of event.steps) steps.set(id, { id, title, state: 'waiting' })
  } else if (event.type === 'step-started') {
    steps.set(event.id, { id: event.id, title: event.title, state: 'working' })
  } else if (event.type === 'progress') {
    const { id, type: _, ...progress } = event
    const step = steps.get(id)
    if (step?.state === 'working')
      steps.set(id, { id, title: step.title, state: 'working', percent: percentOf(progress), ...progress })
  } else if (event.type === 'step-done') {
    const step = steps.get(event.id)
    steps.set(event.id, { id: event.id, title: step?.title ?? event.id, state: event.result, ms: event.ms })
  }
}

function serviceLine(before: ServiceLine | undefined, event: Event & { type: 'service-state' }): ServiceLine {
  const again = event.state === 'starting' && before !== undefined && before.state !== 'stopped'
  return {
    name: event.service,
    state: event.state,
    restarts: (before?.restarts ?? 0) + (again ? 1 : 0),
    ...(event.pid === undefined ? {} : { pid: event.pid }),
    ...(event.why === undefined ? {} : { why: event.why }),
  }
}

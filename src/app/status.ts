import type { Death } from '../base/death.ts'
import type { Runtime } from '../base/entry.ts'
import type { Bus, Condition, Event, Part, Phase, ServiceState, StepResult } from '../base/event.ts'
import type { Problem, ProblemText } from '../base/problem.ts'
import { percentOf } from './progress-text.ts'

/**
 * One step as the status shows it. While it works and has told how far it is: `percent` 0 to 100, `bytes`, `files`, `nodes`
 * where it is nodes that it counts, `leftMs` once that can be estimated, and `paused` when somebody has it wait.
 */
export type StepStatus = {
  readonly id: string
  readonly title: string
  readonly state: 'waiting' | 'working' | StepResult
  readonly percent?: number
  readonly bytes?: Part
  readonly files?: Part
  readonly nodes?: Part
  readonly leftMs?: number
  readonly paused?: boolean
  readonly ms?: number
}

/** One service as the status shows it. */
export type ServiceLine = {
  readonly name: string
  readonly title: string
  readonly state: ServiceState
  readonly pid?: number
  readonly why?: string
  readonly restarts: number
  /** It runs without custom nodes, or without some of them. */
  readonly isSafe: boolean
}

/** Something that holds beside the phase, and why, in words. */
export type ConditionLine = { readonly condition: Condition; readonly text: string }

/** One death as the status shows it; `comfy-init deaths` has the rest. */
export type DeathLine = Pick<Death, 'service' | 'at' | 'cause' | 'summary' | 'remedy'>

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
  readonly conditions: readonly ConditionLine[]
  /** The last deaths of services since the program's start, the newest first; five at most. */
  readonly deaths: readonly DeathLine[]
  readonly problems: readonly ProblemText[]
  /** Addresses by use, e.g. comfyui → http://127.0.0.1:8188. */
  readonly addresses: Readonly<Record<string, string>>
}

/** What never changes during a boot. */
export type StatusBase = Pick<Status, 'version' | 'instance' | 'startedAt' | 'addresses'>

/** Keeps the status up to date from the bus; `titleOf` names services. The returned function gives it as it is now. */
export function keepStatus(bus: Bus, base: StatusBase, titleOf: (service: string) => string): () => Status {
  let phase: Phase = 'preparing'
  let runtime: Runtime = 'docker'
  const steps = new Map<string, StepStatus>()
  const services = new Map<string, Untitled>()
  const conditions = new Map<Condition, string>()
  let deaths: readonly DeathLine[] = []
  const problems = new Map<string, Problem>()
  const note = (event: Event) => {
    if (event.type === 'phase') phase = event.phase
    else if (event.type === 'runtime') runtime = event.runtime
    else if (event.type === 'problem') noteProblem(problems, event.problem)
    else if (event.type === 'service-state')
      services.set(event.service, serviceLine(services.get(event.service), event))
    else if (event.type === 'condition') noteCondition(conditions, event)
    else if (event.type === 'death') deaths = [deathLine(event.death), ...deaths].slice(0, MOST_DEATHS)
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
      services: [...services.values()].map(({ name, ...line }) => ({ name, title: titleOf(name), ...line })),
      conditions: [...conditions].map(([condition, text]) => ({ condition, text })),
      deaths,
      problems: [...problems.values()].map((problem) => problem.in(runtime)),
    }
  }
}

/** As many as fit on a screen; all are kept in the workspace. */
const MOST_DEATHS = 5

type Untitled = Omit<ServiceLine, 'title'>

function noteCondition(conditions: Map<Condition, string>, event: Event & { type: 'condition' }): void {
  if (event.text === undefined) conditions.delete(event.condition)
  else conditions.set(event.condition, event.text)
}

/** A service that fails in ever new words must not fill the memory. */
const MOST_PROBLEMS = 100

function noteProblem(problems: Map<string, Problem>, problem: Problem): void {
  problems.set(`${problem.code} ${problem.message}`, problem)
  const [oldest] = problems.keys()
  if (problems.size > MOST_PROBLEMS && oldest !== undefined) problems.delete(oldest)
}

function deathLine({ service, at, cause, summary, remedy }: Death): DeathLine {
  return { service, at, cause, summary, ...(remedy === undefined ? {} : { remedy }) }
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

function serviceLine(before: Untitled | undefined, event: Event & { type: 'service-state' }): Untitled {
  const again = event.state === 'starting' && before !== undefined && before.state !== 'stopped'
  return {
    name: event.service,
    state: event.state,
    restarts: (before?.restarts ?? 0) + (again ? 1 : 0),
    isSafe: event.isSafe === true,
    ...(event.pid === undefined ? {} : { pid: event.pid }),
    ...(event.why === undefined ? {} : { why: event.why }),
  }
}

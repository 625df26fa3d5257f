import type { Places } from '../base/layout.ts'
import type { ProblemText, Runtime } from '../base/problem.ts'
import type { Host } from '../host/host.ts'
import { consider } from './consider.ts'
import type { Input } from './input.ts'

/** A plan as data: what a boot would do now, without doing it. */
export type PlanView = {
  readonly places: Places
  readonly runtime: Runtime
  readonly steps: readonly {
    readonly id: string
    readonly title: string
    readonly changes: readonly string[]
    readonly as: 'root' | 'user'
  }[]
  readonly problems: readonly ProblemText[]
}

/** Asks, looks and decides, and stops there. Later rounds may add what only shows after acting. */
export async function planOnly(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<PlanView> {
  const { facts, places, plan, problems } = await consider(host, input)
  return {
    places,
    runtime: facts.runtime,
    steps: plan.steps.map(({ id, title, changes, as }) => ({ id, title, changes, as: as ?? 'user' })),
    problems,
  }
}

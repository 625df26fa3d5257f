import type { Places } from '../base/layout.ts'
import type { ProblemText } from '../base/problem.ts'
import type { Plan } from '../engine/plan.ts'
import type { Facts } from '../facts/facts.ts'
import type { Host } from '../host/host.ts'
import { ask } from './ask.ts'
import { decide } from './decide.ts'
import type { Input } from './input.ts'
import { lookBeside } from './look-beside.ts'
import { prepareServices } from './services.ts'

/** What a boot would come upon now, and do first; `problems` are all of them, as this runtime words them. */
export type Considered = {
  readonly facts: Facts
  readonly places: Places
  readonly plan: Plan
  readonly problems: readonly ProblemText[]
}

/** Asks, looks and decides as a boot does, and stops there: nothing is changed. */
export async function consider(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<Considered> {
  const { settings, problems } = await ask(host, input)
  const facts = await lookBeside(host, settings)
  const { places, plan } = decide(settings, facts)
  const services = await prepareServices(host, settings, { facts, places })
  const texts = [...problems, ...plan.problems, ...services.problems].map((problem) =>
    problem.in(facts.runtime),
  )
  return { facts, places, plan, problems: texts }
}

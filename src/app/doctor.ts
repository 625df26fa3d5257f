import type { ProblemText } from '../base/problem.ts'
import type { Facts } from '../facts/facts.ts'
import { lookAround } from '../facts/look-around.ts'
import type { Host } from '../host/host.ts'
import { ask } from './ask.ts'
import { decide } from './decide.ts'
import type { Input } from './input.ts'

/** What the machine is like and what is wrong with it. */
export type DoctorView = { readonly facts: Facts; readonly problems: readonly ProblemText[] }

/** Reads the machine and judges it, and changes nothing. */
export async function doctor(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<DoctorView> {
  const { settings, problems } = await ask(host, input)
  const facts = await lookAround(host, settings)
  const { plan } = decide(settings, facts)
  return { facts, problems: [...problems, ...plan.problems].map((problem) => problem.in(facts.runtime)) }
}

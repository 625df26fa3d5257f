import type { Death } from '../../base/death.ts'
import { redact, type Secret } from '../../base/secret.ts'
import type { Facts } from '../../facts/facts.ts'
import { lookLimits } from '../../facts/limits.ts'
import { lookMachineMemory } from '../../facts/memory-group.ts'
import type { Host } from '../../host/host.ts'
import { causeOf } from './cause.ts'
import type { End } from './ends.ts'
import { clipped, type Evidence, type Finding, lifeText } from './evidence.ts'

/** What is known beside the end itself. */
export type Known = {
  /** ISO time. */
  readonly at: string
  readonly promptId: string | undefined
  readonly machine: Pick<Facts, 'gpu' | 'python'> | undefined
  readonly secrets: readonly Secret[]
}

/** Finds out why a service died. What cannot be read is left out. Secrets are masked in all of it. */
export async function describeDeath(host: Host, end: End, known: Known): Promise<Death> {
  const { spec, run, ending, uptimeMs, isSafe } = end
  const { at, promptId, machine, secrets } = known
  const said = run.lines.said((text) => redact(text, secrets))
  const ram = run.memory.ram()
  const evidence = { ...end, said, ram, ...(await lookAround(host, end, machine)) }
  return {
    service: spec.name,
    at,
    ending,
    ...finding(evidence),
    uptimeMs,
    isSafe,
    ...(promptId === undefined || !run.wasReady ? {} : { promptId }),
    ...(ram === undefined ? {} : { ramBytes: ram.bytes }),
    ...(run.vramBytes === undefined ? {} : { vramBytes: run.vramBytes }),
    lines: said.map(({ text }) => text),
  }
}

type Around = Pick<Evidence, 'endedAtMs' | 'ooms' | 'limitBytes' | 'machineBytes' | 'gpu' | 'torch'>

async function lookAround(host: Host, { run, uptimeMs }: End, machine: Known['machine']): Promise<Around> {
  const endedAtMs = run.startedAtMs + uptimeMs
  const [ooms, limits, machineBytes] = await Promise.all([
    run.memory.oomsAt(endedAtMs),
    lookLimits(host).catch(() => undefined),
    lookMachineMemory(host).catch(() => undefined),
  ])
  const { gpu, python } = machine ?? {}
  return { endedAtMs, ooms, limitBytes: limits?.memoryBytes, machineBytes, gpu, torch: python?.torch }
}

function finding(evidence: Evidence & Pick<End, 'stalled'>): Finding {
  const { stalled, spec, uptimeMs } = evidence
  if (stalled === undefined) return causeOf(evidence)
  return {
    cause: 'stalled',
    summary: `${spec.title} did no more work and was stopped after ${lifeText(uptimeMs)}: ${clipped(stalled)}.`,
  }
}

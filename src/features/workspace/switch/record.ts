import type { TreePlaces } from '../../../base/layout.ts'
import { SWITCH_PHASES, type SwitchPhase, type SwitchRecord } from '../../../facts/tree-facts.ts'
import type { Host } from '../../../host/host.ts'

/** The phases that each act goes through. A tree that is the first one finds nothing to retire and nothing to carry. */
const PHASES: Readonly<Record<SwitchRecord['act'], readonly SwitchPhase[]>> = {
  adopt: ['place', 'finish'],
  upgrade: SWITCH_PHASES.slice(1),
  rollback: SWITCH_PHASES,
}

/** The first record of a switch. */
export function firstRecord(about: Omit<SwitchRecord, 'layout' | 'phase'>): SwitchRecord {
  return { layout: 1, phase: PHASES[about.act][0] ?? 'finish', ...about }
}

/** The record of the phase that follows, or undefined after the last. */
export function nextRecord(record: SwitchRecord): SwitchRecord | undefined {
  const phases = PHASES[record.act]
  const phase = phases[phases.indexOf(record.phase) + 1]
  return phase === undefined ? undefined : { ...record, phase }
}

/** Writes the record. From the first one on, whoever finds it finishes the switch. */
export function writeRecord(host: Host, { record: path }: TreePlaces, record: SwitchRecord): Promise<void> {
  return host.fs.write(path, `${JSON.stringify(record, undefined, 2)}\n`)
}

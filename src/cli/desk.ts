import type { Asked } from '../app/ask.ts'
import type { DoctorView } from '../app/doctor.ts'
import type { OpenDoors } from '../app/doors.ts'
import type { Input } from '../app/input.ts'
import type { PlanView } from '../app/plan-only.ts'
import type { Host } from '../host/host.ts'

/** What was typed that settings are made from. */
export type Wishes = Pick<Input, 'flags' | 'comfyArgs'>

/** The acts that commands ask for. */
export type Acts = {
  readonly boot: (host: Host, input: Input) => Promise<number>
  readonly ask: (host: Host, wishes: Wishes) => Promise<Asked>
  readonly planOnly: (host: Host, wishes: Wishes) => Promise<PlanView>
  readonly doctor: (host: Host, wishes: Wishes) => Promise<DoctorView>
}

/** What every command works with. */
export type Desk = { readonly host: Host; readonly openDoors: OpenDoors; readonly acts: Acts }

/** The real acts; each is loaded when it is first asked for, so that a program passed through or a probe loads none. */
export const realActs: Acts = {
  boot: async (host, input) => (await import('../app/boot.ts')).boot(host, input),
  ask: async (host, wishes) => (await import('../app/ask.ts')).ask(host, wishes),
  planOnly: async (host, wishes) => (await import('../app/plan-only.ts')).planOnly(host, wishes),
  doctor: async (host, wishes) => (await import('../app/doctor.ts')).doctor(host, wishes),
}

/** A command line after parsing: settings by flag, switches, and the words between. */
export type Typed = {
  readonly flags: Readonly<Record<string, string>>
  readonly json: boolean
  readonly live: boolean
  readonly follow: boolean
  readonly lines: string | undefined
  /** A format's name. */
  readonly as?: string | undefined
  readonly words: readonly string[]
}

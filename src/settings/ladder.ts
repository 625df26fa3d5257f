import * as z from 'zod/mini'
import type { Rung } from '../base/service.ts'

const EXPECTED =
  'must be signals with seconds, ending with KILL and with no other KILL, like INT:5,TERM:2,KILL:1'

/** What KILL is given at least, milliseconds: even a process that it ends at once is not gone in no time. */
const LEAST_KILL_MS = 200

/** A stop ladder: signals with seconds, in order; the last is KILL, since nothing else ends everything. */
export const ladder = z.pipe(
  z.string().check(
    z.refine((text) => {
      const rungs = rungsIn(text)
      return rungs !== undefined && rungs.findIndex(isKill) === rungs.length - 1 && rungs.some(isKill)
    }, EXPECTED),
  ),
  z.transform((text: string): readonly Rung[] => rungsIn(text) ?? []),
)

/** A ladder as a person writes it. */
export function ladderText(rungs: readonly Rung[] | undefined): string {
  return (rungs ?? []).map(({ signal, graceMs }) => `${signal.slice(3)}:${graceMs / 1000}`).join(',')
}

function rungsIn(text: string): readonly Rung[] | undefined {
  const rungs = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(rungIn)
  return rungs.every((rung) => rung !== undefined) ? rungs : undefined
}

function rungIn(text: string): Rung | undefined {
  const [, name = '', seconds = ''] = /^(?:SIG)?([A-Z]+[0-9]?):(\d+(?:\.\d+)?)$/i.exec(text) ?? []
  const signal = `SIG${name.toUpperCase()}`
  if (!isSignal(signal)) return undefined
  const graceMs = Math.round(Number(seconds) * 1000)
  return { signal, graceMs: signal === 'SIGKILL' ? Math.max(LEAST_KILL_MS, graceMs) : graceMs }
}

function isKill({ signal }: Rung): boolean {
  return signal === 'SIGKILL'
}

/** The signals that a program may be stopped with, as Linux calls them. */
const SIGNALS: ReadonlySet<string> = new Set([
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGTERM',
  'SIGWINCH',
] satisfies NodeJS.Signals[])

function isSignal(name: string): name is NodeJS.Signals {
  return SIGNALS.has(name)
}

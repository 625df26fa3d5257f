import type { Event, LogLevel, Phase } from '../base/event.ts'
import type { Runtime } from '../base/problem.ts'
import type { Supervision } from '../features/supervise/supervise.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { jsonEntry } from './log-entry.ts'
import { type LogLine, logLines } from './log-lines.ts'
import { ownLines } from './own-lines.ts'

/** A step that is done sooner is logged once, at its end, milliseconds. */
const START_AFTER_MS = 500

/** Progress of one step is logged no more often than this, milliseconds; a pause at once, both its ends, and once. */
const PROGRESS_EVERY_MS = 5000

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

const DIM = '\x1b[2m'
const COLOURS: Readonly<Record<LogLevel, string>> = {
  error: '\x1b[31m',
  warn: '\x1b[33m',
  info: '',
  debug: DIM,
}
const PLAIN = '\x1b[0m'

/**
 * Turns events into our own lines of the container's log, on standard error. What services print is not among them: the
 * supervisor passes it on itself, since it must hold a service's pipe while the log takes no more. A problem that comes
 * back in a later round is logged once.
 */
export function logTo(
  { out, clock, terminals }: Pick<Host, 'out' | 'clock' | 'terminals'>,
  { log, logLevel }: Pick<Settings, 'log' | 'logLevel'>,
): (event: Event) => void {
  const titles = new Map<string, string>()
  const lastProgress = new Map<string, { readonly ms: number; readonly paused: boolean }>()
  const seen = new Set<string>()
  let runtime: Runtime = 'docker'
  let phase: Phase | undefined
  let forgetStart = () => {}

  const isNews = (event: Event): boolean => {
    if (event.type === 'phase') {
      if (event.phase === phase) return false
      phase = event.phase
    } else if (event.type === 'progress') {
      const last = lastProgress.get(event.id) ?? { ms: 0, paused: false }
      const [ms, paused] = [clock.monotonicMs(), event.paused === true]
      if (paused ? last.paused : !last.paused && ms - last.ms < PROGRESS_EVERY_MS) return false
      lastProgress.set(event.id, { ms, paused })
    } else if (event.type === 'problem') {
      const key = `${event.problem.code} ${event.problem.message}`
      if (seen.has(key)) return false
      seen.add(key)
    }
    return true
  }

  const textOf = (line: LogLine, event: Event) =>
    log === 'json'
      ? jsonEntry(event, line, { runtime, now: clock.now() })
      : textLine(line, clock.now(), terminals.stderr)
  const put = ownLines(out, (leftOut) => textOf(...leftOutLine(leftOut)))
  const tell = (event: Event) => {
    const lines = logLines(event, { titles, runtime })
    for (const line of log === 'json' ? lines.slice(0, 1) : lines)
      if (LEVELS.indexOf(line.level) <= LEVELS.indexOf(logLevel)) put(textOf(line, event))
  }

  return (event) => {
    if (event.type === 'runtime') runtime = event.runtime
    if (event.type === 'step-done') forgetStart()
    if (event.type === 'step-started') {
      titles.set(event.id, event.title)
      lastProgress.set(event.id, { ms: clock.monotonicMs(), paused: false })
      forgetStart = clock.after(START_AFTER_MS, () => tell(event))
    } else if (isNews(event)) tell(event)
  }
}

/** How the services' own output is logged and kept. */
export function serviceLog({
  log,
  logPrefix,
  logAgeMs,
}: Pick<Settings, 'log' | 'logPrefix' | 'logAgeMs'>): Pick<Supervision, 'form' | 'logAgeMs'> {
  if (log === 'json') return { form: 'json', logAgeMs }
  return { form: logPrefix ? 'prefix' : 'bytes', logAgeMs }
}

function leftOutLine(leftOut: number): [LogLine, Event] {
  const text = `${leftOut} lines of comfy-init’s own are left out here: nobody read them.`
  return [
    { level: 'warn', topic: 'note', text },
    { type: 'note', level: 'warn', text },
  ]
}

function textLine({ level, topic, text }: LogLine, now: number, coloured: boolean): string {
  const time = new Date(now).toTimeString().slice(0, 8)
  const [first = '', ...more] = text.split('\n')
  const head = `comfy-init ${time}`
  const words = `${topic.padEnd(11)}${[first, ...more.map((each) => ' '.repeat(32) + each)].join('\n')}`
  if (!coloured) return `${head}  ${words}\n`
  return `${DIM}${head}${PLAIN}  ${COLOURS[level]}${words}${PLAIN}\n`
}

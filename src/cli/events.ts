import { Problem } from '../base/problem.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import type { Desk, Typed } from './desk.ts'
import { eventWords } from './event-text.ts'
import { followRunning } from './find-running.ts'
import { eventReader, type SentEvent } from './read-events.ts'
import { untilAsked } from './until-asked.ts'

const PATH = '/events?lines=0'

/**
 * `comfy-init events [--json]`: what happens in the running comfy-init, from now on until it ends, until Ctrl-C, or until
 * nobody reads any more. Throws NOT_RUNNING.
 */
export async function events({ host, acts }: Desk, { flags, json }: Typed): Promise<number> {
  const { settings } = await acts.ask(host, { flags, comfyArgs: [] })
  const { signal, exitCode } = untilAsked(host)
  const show = json ? jsonLines() : textLines(host)
  let end = await followOnce(host, settings, { signal, show })
  // Who reads too slowly is let go, and comes again.
  while (end === 'cut' && !signal.aborted)
    end = await followOnce(host, settings, { signal, show }).catch(() => 'over')
  return exitCode()
}

/** How often is looked whether somebody still reads while nothing happens, milliseconds. */
const LOOK_EVERY_MS = 1000

type Following = { readonly signal: AbortSignal; readonly show: (sent: SentEvent) => string }

async function followOnce(
  host: Host,
  settings: Settings,
  { signal, show }: Following,
): Promise<'over' | 'cut'> {
  const reader = eventReader()
  const { gone, stopLooking } = untilGone(host)
  const { status, isWhole } = await followRunning(host, settings, {
    path: PATH,
    signal: AbortSignal.any([signal, gone]),
    onDrain: host.out.onDrain,
    onPart: (part) => {
      const text = reader.push(part).map(show).join('')
      return text === '' || host.out.stdout(text)
    },
  }).finally(stopLooking)
  if (status !== 200) throw new Problem('DOOR_ANSWER', { path: PATH, status, body: reader.rest() })
  return isWhole || gone.aborted ? 'over' : 'cut'
}

// A reader that went away shows in no write while nothing happens.
function untilGone({ out, clock }: Host): { readonly gone: AbortSignal; readonly stopLooking: () => void } {
  const gone = new AbortController()
  let stopLooking = () => {}
  const look = () => {
    if (out.isGone?.() === true) gone.abort()
    else stopLooking = clock.after(LOOK_EVERY_MS, look)
  }
  look()
  return { gone: gone.signal, stopLooking: () => stopLooking() }
}

function jsonLines(): (sent: SentEvent) => string {
  return ({ event, data }) => `${JSON.stringify({ event, ...JSON.parse(data) })}\n`
}

function textLines({ clock }: Host): (sent: SentEvent) => string {
  const words = eventWords()
  return (sent) => {
    const time = new Date(clock.now()).toTimeString().slice(0, 8)
    return words(sent)
      .map(
        ({ topic, text }) => `${time}  ${topic.padEnd(11)}${text.replaceAll('\n', `\n${' '.repeat(21)}`)}\n`,
      )
      .join('')
  }
}

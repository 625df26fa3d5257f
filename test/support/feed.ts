import { makeFeed } from '../../src/app/feed.ts'
import type { News } from '../../src/app/news.ts'
import { type Event, makeBus, type Phase } from '../../src/base/event.ts'
import { secret } from '../../src/base/secret.ts'
import { aStatus } from './status.ts'
import { virtualClock } from './virtual-clock.ts'

/** A feed of a bus that is told by hand, on a clock that is moved by hand; «hunter2» is its secret. */
export function aFeed() {
  const bus = makeBus()
  const clock = virtualClock()
  let phase: Phase = 'starting'
  const secrets = () => [secret('hunter2')]
  const feed = makeFeed(bus, { clock, status: () => aStatus({ phase }), secrets })
  const take: (readonly News[])[] = []
  let ends = 0
  const follower = { take: (news: readonly News[]) => void take.push(news), over: () => void ends++ }
  return {
    feed,
    clock,
    tell: bus.tell,
    follow: () => feed.follow(follower),
    /** What was told since this was last asked, call by call. */
    told: () => take.splice(0).map((news) => news.map(({ kind, json }) => `${kind} ${textIn(json)}`)),
    ends: () => ends,
    print: (text: string, more: Partial<Event & { type: 'service-line' }> = {}) =>
      bus.tell({
        type: 'service-line',
        service: 'comfyui',
        stream: 'stdout',
        bytes: Buffer.from(text),
        ...more,
      }),
    enter: (next: Phase) => {
      phase = next
      bus.tell({ type: 'phase', phase })
    },
  }
}

/** What a piece of news is about: the text of a line, the phase of a status, the state of a service, the lines of a death or those left out. */
export function textIn(json: string): string {
  const { text, phase, lines, state } = JSON.parse(json)
  return text ?? phase ?? state ?? lines
}

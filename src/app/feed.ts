import type { Bus, Event } from '../base/event.ts'
import type { Secret } from '../base/secret.ts'
import type { Clock } from '../host/clock.ts'
import { lastLines, type Printed } from './last-lines.ts'
import { firstNews, type Gathered, gatherNews, type News } from './news.ts'
import type { Status } from './status.ts'

/** Whoever follows what happens: is given news, none when nothing happened for a while, and at last the end. */
export type Follower = { readonly take: (news: readonly News[]) => void; readonly over: () => void }

/** What happens, as it happens. */
export type Feed = {
  /**
   * What a new follower is told first: the whole status, then the last lines of each service, so many at most. The very
   * same array until something happens.
   */
  readonly begin: (lines: number) => readonly News[]
  /** Tells what happens from now on; the returned function ends it. */
  readonly follow: (follower: Follower) => () => void
}

/** News is gathered for so long before it is told, so that many lines cost little; milliseconds. */
const GATHER_MS = 20

/** News is told no more often than this, and followers are called at least this often; milliseconds. */
const EVERY_MS = 250
const BEAT_MS = 15_000

/** What news is made with. */
export type FeedOf = {
  readonly clock: Clock
  readonly status: () => Status
  /** What is masked wherever a service prints it. */
  readonly secrets: () => readonly Secret[]
}

/** A feed as whoever made it has it. */
export type OwnFeed = Feed & { readonly close: () => void }

/** Makes news of a bus's events. Without followers it keeps the last lines and no more. `close` ends it for all of them. */
export function makeFeed(bus: Bus, { clock, status, secrets }: FeedOf): OwnFeed {
  const followers = new Set<Follower>()
  const lines = lastLines()
  const gathered = gatherNews()
  let toldStatus = ''
  let isClosed = false

  const statusNews = () => ({ kind: 'status', json: JSON.stringify(status()) }) as const
  const tell = () => {
    const now = statusNews()
    const { states, rest } = takeAll(gathered, secrets())
    const news = now.json === toldStatus ? [...states, ...rest] : [...states, now, ...rest]
    toldStatus = now.json
    for (const follower of [...followers]) follower.take(news)
  }
  const pace = paced(clock, tell)
  const begin = untilChanged((most: number) => [statusNews(), ...firstNews(lines.last(most), secrets())])
  bus.listen((event) => {
    begin.changed()
    const line = event.type === 'service-line' ? lines.add(event) : undefined
    if (followers.size === 0) return
    gather(gathered, event, line)
    pace.soon()
  })
  return {
    begin: (most) => {
      pace.early()
      return begin.of(most)
    },
    follow: (follower) => {
      if (isClosed) follower.over()
      else if (followers.add(follower).size === 1) {
        toldStatus = statusNews().json
        pace.start()
      }
      return () => {
        if (!followers.delete(follower) || followers.size > 0) return
        pace.stop()
        takeAll(gathered, [])
      }
    },
    close: () => {
      isClosed = true
      pace.early()
      pace.stop()
      for (const follower of [...followers]) follower.over()
      followers.clear()
    },
  }
}

function gather(gathered: Gathered, event: Event, line: Printed | undefined): void {
  if (line !== undefined) gathered.line(line)
  else if (event.type === 'death') gathered.death(event.death)
  else if (event.type === 'service-state') gathered.state(event)
}

// States come first: the status has the last of them, and whoever knows them finds nothing new in it.
function takeAll(gathered: Gathered, secrets: readonly Secret[]) {
  return { states: gathered.takeStates(), rest: gathered.take(secrets) }
}

// Keeps what was made last, so that many who ask for it at once cost one making.
function untilChanged<T>(make: (most: number) => T) {
  let kept: { readonly most: number; readonly made: T } | undefined
  return {
    changed: () => {
      kept = undefined
    },
    of: (most: number) => {
      if (kept?.most !== most) kept = { most, made: make(most) }
      return kept.made
    },
  }
}

// Calls soon after something happened, yet not too often, and now and then when nothing does.
function paced(clock: Clock, call: () => void) {
  let cancel = () => {}
  let isDue = false
  let lastMs = 0
  const start = () => {
    cancel()
    isDue = false
    lastMs = clock.monotonicMs()
    cancel = clock.after(BEAT_MS, now)
  }
  const now = () => {
    start()
    call()
  }
  return {
    start,
    soon: () => {
      if (isDue) return
      cancel()
      isDue = true
      cancel = clock.after(Math.max(GATHER_MS, lastMs + EVERY_MS - clock.monotonicMs()), now)
    },
    /** What is due is not waited for. */
    early: () => {
      if (isDue) now()
    },
    stop: () => {
      cancel()
      isDue = false
    },
  }
}

import {
  type Mode,
  neverStarted,
  type Policy,
  type ServiceCommand,
  type ServiceEvent,
} from '../../../src/features/supervise/life.ts'
import { next } from '../../../src/features/supervise/machine.ts'

type Untimed<E> = E extends unknown ? Omit<E, 'atMs'> : never

/** The world around the machine: at most what really can happen next, happens. */
export function aWorld(random: () => number, policy: Policy) {
  let now = neverStarted
  let atMs = 0
  let pid = 100
  const world = {
    mostCopies: 0,
    spawning: 0,
    leader: false,
    members: false,
    watched: false,
    wakeMs: undefined as number | undefined,
    wakeWith: 'rung-elapsed' as 'rung-elapsed' | 'backoff-elapsed',
    /** The last thing asked, as far as it still holds. */
    wanted: 'rest' as 'rest' | 'run',
    /** Times of deaths since a person last asked for anything. */
    deaths: [] as number[],
    mode: 'normal' as Mode,
    safeSinceAsked: 0,
    diedInSafeMode: false,
    /** What must not have been, in words. */
    wrongs: [] as string[],
    told: 0,
    died: 0,
  }
  let isHopeless = false
  const obey = (command: ServiceCommand) => {
    if (command.do === 'spawn') {
      world.spawning++
      if (command.mode === 'safe' && world.mode === 'normal') world.safeSinceAsked++
      if (command.mode === 'safe' && world.diedInSafeMode)
        world.wrongs.push('goes on after a death in safe mode')
      world.mode = command.mode
    }
    if (command.do === 'watch-group') world.watched = true
    if (command.do === 'tell-death') {
      world.told++
      world.deaths.push(atMs)
      world.diedInSafeMode = world.mode === 'safe'
    }
    if (command.do === 'wake') {
      world.wakeMs = atMs + command.afterMs
      world.wakeWith = command.with
    }
    if (command.do === 'over') noteEnd(command.gaveUp)
    world.mostCopies = Math.max(world.mostCopies, world.spawning + (world.leader || world.members ? 1 : 0))
  }
  const noteEnd = (gaveUp: boolean) => {
    const { limit, windowMs } = policy.restart
    const recent = world.deaths.filter((each) => atMs - each <= windowMs + LADDER_MS).length
    const isDue = isHopeless || (policy.restart.hasSafeMode ? world.mode === 'safe' : recent >= limit)
    if (gaveUp && !isDue) world.wrongs.push(`given up after ${recent} deaths, in mode ${world.mode}`)
    world.wanted = 'rest'
  }
  const feed = (event: Untimed<ServiceEvent>) => {
    const before = now.life.state
    const [after, commands] = next(now, { ...event, atMs }, policy)
    now = after
    if (after.life.state !== before || commands.some((each) => each.do === 'spawn')) world.wakeMs = undefined
    for (const command of commands) obey(command)
  }
  const stopWithin = (graceMs: number) => {
    feed({ type: 'stop-asked', graceMs })
    if (world.wakeMs !== undefined && world.wakeMs > atMs + graceMs) world.wrongs.push('a grace was not kept')
  }
  const isWanted = () => now.life.state === 'starting' || now.life.state === 'running'
  const died = (ending: { readonly code: number; readonly signal: null }, hopeless: boolean) => {
    if (isWanted()) isHopeless = hopeless || ending.code === 2
  }
  const happen: Readonly<Record<string, () => void>> = {
    ask: () => {
      const type = (['start-asked', 'restart-asked', 'stop-asked'] as const)[Math.floor(random() * 3)]
      world.wanted = type === 'stop-asked' ? 'rest' : 'run'
      world.safeSinceAsked = 0
      world.diedInSafeMode = false
      if (type !== 'stop-asked' || random() < 0.5) feed({ type: type ?? 'stop-asked' })
      else stopWithin(Math.floor(random() * 40))
    },
    askByProgram: () => feed({ type: 'restart-asked', why: 'it is stalled' }),
    spawned: () => {
      if (world.spawning === 0) return
      const what = random()
      world.spawning--
      if (what < 0.1) {
        const ending = { code: 126, signal: null }
        const hopeless = random() < 0.3
        died(ending, hopeless)
        if (isWanted()) world.deaths.push(atMs)
        feed({ type: 'spawn-failed', ending, hopeless, chance: random() })
      } else if (what < 0.2 && !isWanted()) {
        feed({ type: 'called-off' })
      } else {
        world.leader = true
        world.members = random() < 0.3
        feed({ type: 'spawned', pid: pid++ })
      }
    },
    answer: () => feed({ type: 'answered' }),
    goSilent: () => feed({ type: 'went-silent' }),
    exit: () => {
      if (!world.leader) return
      world.leader = false
      const code = [0, 2, 1, 1, 1, 255][Math.floor(random() * 6)] ?? 1
      const ending = { code, signal: null }
      const restartAsked = random() < 0.2
      if (isWanted() && !restartAsked) world.died++
      died(ending, false)
      feed({ type: 'exited', ending, restartAsked, left: world.members, chance: random() })
    },
    empty: () => {
      if (!world.watched || world.leader) return
      world.members = false
      world.watched = false
      feed({ type: 'group-empty' })
    },
    /** What comes too late, when nobody waits for it any more. */
    stray: () => {
      const { state } = now.life
      if (state !== 'backoff') feed({ type: 'backoff-elapsed' })
      if (state === 'starting' || state === 'running') feed({ type: 'group-empty' })
      if (['stopped', 'backoff', 'gave-up'].includes(state))
        feed({
          type: 'exited',
          ending: { code: 1, signal: null },
          restartAsked: false,
          left: false,
          chance: 0,
        })
    },
    time: () => {
      atMs += Math.floor(random() * 30)
      if (world.wakeMs === undefined || world.wakeMs > atMs) return
      world.wakeMs = undefined
      feed({ type: world.wakeWith })
    },
  }
  return { world, happen, now: () => now, feed }
}

/** Longer than any ladder takes: a death may be judged so long before its service is given up. */
const LADDER_MS = 1000

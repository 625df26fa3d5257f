import { expect, test } from 'vitest'
import {
  neverStarted,
  type Policy,
  type ServiceCommand,
  type ServiceEvent,
} from '../../../src/features/supervise/life.ts'
import { next } from '../../../src/features/supervise/machine.ts'

const POLICY: Policy = {
  stop: [
    { signal: 'SIGINT', graceMs: 50 },
    { signal: 'SIGTERM', graceMs: 20 },
    { signal: 'SIGKILL', graceMs: 10 },
  ],
  restart: { when: 'on-failure', limit: 3, windowMs: 500, firstDelayMs: 10, mostDelayMs: 40, hopeless: [2] },
}

/** The world around the machine: at most what really can happen next, happens. */
function aWorld(random: () => number) {
  let now = neverStarted
  let atMs = 0
  let pid = 100
  const world = {
    copies: 0,
    mostCopies: 0,
    spawning: 0,
    leader: false,
    members: false,
    watched: false,
    wakeMs: undefined as number | undefined,
    wakeWith: 'rung-elapsed' as 'rung-elapsed' | 'backoff-elapsed',
  }
  const obey = (command: ServiceCommand) => {
    if (command.do === 'spawn') world.spawning++
    if (command.do === 'watch-group') world.watched = true
    if (command.do === 'wake') {
      world.wakeMs = atMs + command.afterMs
      world.wakeWith = command.with
    }
    world.mostCopies = Math.max(world.mostCopies, world.spawning + (world.leader || world.members ? 1 : 0))
  }
  const feed = (event: ServiceEvent) => {
    const before = now.life.state
    const [after, commands] = next(now, event, POLICY)
    now = after
    if (after.life.state !== before || commands.some((each) => each.do === 'spawn')) world.wakeMs = undefined
    for (const command of commands) obey(command)
  }
  const happen: Readonly<Record<string, () => void>> = {
    ask: () => {
      const type = (['start-asked', 'restart-asked', 'stop-asked'] as const)[Math.floor(random() * 3)]
      feed({ type: type ?? 'stop-asked', atMs })
    },
    spawned: () => {
      if (world.spawning === 0) return
      world.spawning--
      if (random() < 0.1) {
        feed({ type: 'spawn-failed', ending: { code: 126, signal: null }, hopeless: random() < 0.5, atMs })
        return
      }
      world.leader = true
      world.members = random() < 0.3
      feed({ type: 'spawned', pid: pid++, atMs })
    },
    answer: () => feed({ type: 'answered', atMs }),
    exit: () => {
      if (!world.leader) return
      world.leader = false
      const code = [0, 1, 2, 255][Math.floor(random() * 4)] ?? 1
      const restartAsked = random() < 0.2
      feed({ type: 'exited', ending: { code, signal: null }, restartAsked, left: world.members, atMs })
    },
    empty: () => {
      if (!world.watched || world.leader) return
      world.members = false
      world.watched = false
      feed({ type: 'group-empty', atMs })
    },
    time: () => {
      atMs += Math.floor(random() * 30)
      if (world.wakeMs === undefined || world.wakeMs > atMs) return
      world.wakeMs = undefined
      feed({ type: world.wakeWith, atMs })
    },
  }
  return { world, happen, now: () => now, feed, at: () => atMs }
}

test('5,000 random histories: never two copies, never a wait without an end, never a lost stop', () => {
  for (let seed = 1; seed <= 5000; seed++) {
    const random = seeded(seed)
    const { world, happen, now, feed, at } = aWorld(random)
    const acts = Object.values(happen)
    for (let step = 0; step < 60; step++) {
      acts[Math.floor(random() * acts.length)]?.()
      expect(world.mostCopies, `copies with seed ${seed}`).toBeLessThanOrEqual(1)
      const { state } = now().life
      const isMoving = state === 'stopping' || state === 'killing' || state === 'backoff'
      if (isMoving) expect(world.wakeMs, `${state} sleeps for ever with seed ${seed}`).toBeDefined()
      if (state === 'starting' || state === 'running')
        expect(world.spawning + Number(world.leader), `${state} without a process, seed ${seed}`).toBe(1)
    }
    feed({ type: 'stop-asked', atMs: at() })
    for (let step = 0; step < 6; step++)
      for (const act of ['spawned', 'exit', 'empty'] as const) happen[act]?.()
    expect(['stopped', 'gave-up'], `a lost stop with seed ${seed}`).toContain(now().life.state)
  }
})

// A small generator of numbers from 0 to 1 that gives the same history for the same seed.
function seeded(seed: number): () => number {
  let state = seed * 2654435761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 4294967296
  }
}

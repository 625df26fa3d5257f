import { expect, test } from 'vitest'
import type { Policy } from '../../../src/features/supervise/life.ts'
import { aWorld } from './machine-world.ts'

const POLICY: Policy = {
  stop: [
    { signal: 'SIGINT', graceMs: 50 },
    { signal: 'SIGTERM', graceMs: 20 },
    { signal: 'SIGKILL', graceMs: 10 },
  ],
  restart: {
    when: 'on-failure',
    limit: 3,
    windowMs: 2000,
    firstDelayMs: 10,
    mostDelayMs: 40,
    hopeless: [2],
  },
}

const HISTORIES = 5000
const STEPS = 300

/** Another number gives other histories; a failure names the one to give again. */
const FIRST_SEED = Number(process.env.SEED ?? 1)

test.each([true, false])(
  '5,000 random histories, with a safe mode: %s; never two copies, a lost stop, or a wait without an end',
  (hasSafeMode) => {
    const policy = { ...POLICY, restart: { ...POLICY.restart, hasSafeMode } }
    const seen = new Set<string>()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      const around = aWorld(seeded(seed), policy)
      liveOn(around, seed, seen)
      stopAtLast(around, seed)
    }
    // A history that never comes anywhere would keep every rule.
    const states = ['stopped', 'starting', 'running', 'stopping', 'killing', 'backoff', 'gave-up', 'stuck']
    expect([...seen].toSorted()).toEqual([...states, ...(hasSafeMode ? ['safe'] : [])].toSorted())
  },
)

type Around = ReturnType<typeof aWorld>

function liveOn({ world, happen, now }: Around, seed: number, seen: Set<string>): void {
  const acts = Object.values(happen)
  const pick = seeded(seed + 1_000_000)
  for (let step = 0; step < STEPS; step++) {
    const restedBefore = now().life.state === 'stopped' && world.wanted === 'rest'
    const wantedBefore = world.wanted
    // Much time passes, and a service that is asked for something all the time never dies often enough.
    const act = pick() < 0.3 ? happen.time : acts[Math.floor(pick() * acts.length)]
    if (act !== happen.ask || pick() < 0.2 || now().past.starts === 0) act?.()
    const { state } = now().life
    seen.add(state)
    if (world.mode === 'safe') seen.add('safe')
    const at = `seed ${seed}, step ${step}, ${state}`
    if (world.mostCopies > 1) expect.fail(`two copies: ${at}`)
    if (['stopping', 'killing', 'backoff'].includes(state) && world.wakeMs === undefined)
      expect.fail(`no wake-up is due: ${at}`)
    if (state === 'starting' && world.spawning + Number(world.leader) !== 1)
      expect.fail(`${world.spawning + Number(world.leader)} processes: ${at}`)
    if (state === 'running' && !world.leader) expect.fail(`nobody runs: ${at}`)
    if (restedBefore && wantedBefore === world.wanted && state !== 'stopped')
      expect.fail(`a stopped one did not stay stopped: ${at}`)
    if (world.safeSinceAsked > 1) expect.fail(`safe mode twice: ${at}`)
    if (world.wrongs.length > 0) expect.fail(`${world.wrongs[0]}: ${at}`)
    if (world.told < world.died) expect.fail(`a death was not told: ${at}`)
  }
}

function stopAtLast({ world, happen, now, feed }: Around, seed: number): void {
  feed({ type: 'stop-asked' })
  world.wanted = 'rest'
  for (let step = 0; step < 6; step++)
    for (const act of ['spawned', 'exit', 'empty'] as const) happen[act]?.()
  const { state } = now().life
  if (state !== 'stopped' && state !== 'gave-up') expect.fail(`a lost stop: ${state} with seed ${seed}`)
}

// A small generator of numbers from 0 to 1 (mulberry32) that gives the same history for the same seed.
function seeded(seed: number): () => number {
  let state = Math.imul(seed, 2654435761)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), state | 1)
    const more = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61))
    return ((more ^ (more >>> 14)) >>> 0) / 4294967296
  }
}

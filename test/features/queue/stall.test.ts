import { expect, test } from 'vitest'
import type { Effort } from '../../../src/features/queue/effort.ts'
import {
  type Quiet,
  quietAfter,
  type Sample,
  silenceAfter,
  stallOf,
} from '../../../src/features/queue/stall.ts'

const STALL_MS = 600_000
const LOOK_MS = 5000
const IDLE: Effort = { cpuMs: 1000, faults: 10, bytes: 1000 }
const STUCK = { running: 'a', remaining: 3 }

/** A look at a ComfyUI that has a prompt and does nothing. */
function look(atMs: number, overrides: Partial<Sample> = {}): Sample {
  return { atMs, queue: STUCK, lines: 7, effort: IDLE, isGpuBusy: false, ...overrides }
}

/** Looks every five seconds for so long; `change` is what each look saw, by its time. */
function watched(forMs: number, change: (atMs: number) => Partial<Sample> = () => ({})): Quiet | undefined {
  let quiet: Quiet | undefined
  for (let atMs = 0; atMs <= forMs; atMs += LOOK_MS)
    quiet = quietAfter(quiet, look(atMs, change(atMs)), STALL_MS)
  return quiet
}

function isStalled(
  quiet: Quiet | undefined,
  overrides: Partial<Parameters<typeof stallOf>[0]> = {},
): boolean {
  return stallOf({ quiet, stallMs: STALL_MS, hasDied: false, isPatient: false, ...overrides }) !== undefined
}

test('a prompt without any sign of work is stalled after the time, not before', () => {
  expect(isStalled(watched(STALL_MS - LOOK_MS))).toBe(false)
  expect(isStalled(watched(STALL_MS))).toBe(true)
})

test('the reason names the prompt and the time', () => {
  const quiet = watched(STALL_MS)

  expect(stallOf({ quiet, stallMs: STALL_MS, hasDied: false, isPatient: false })).toBe(
    'prompt a has shown no sign of work for 10 min',
  )
})

const LATE = STALL_MS - 20_000

test.each<[string, Partial<Sample>]>([
  ['a line of output', { lines: 8 }],
  ['another prompt that runs', { queue: { running: 'b', remaining: 3 } }],
  ['a shorter queue', { queue: { running: 'a', remaining: 2 } }],
  ['a busy GPU', { isGpuBusy: true }],
  ['more than a hundredth of a core', { effort: { ...IDLE, cpuMs: 1000 + STALL_MS / 100 } }],
  ['pages that come from a disk', { effort: { ...IDLE, faults: 60 } }],
  ['bytes that are read', { effort: { ...IDLE, bytes: 2_000_000 } }],
  ['processes that cannot be seen', { effort: undefined }],
  ['an empty queue', { queue: { running: undefined, remaining: 0 } }],
])('%s is a sign of work', (_, sign) => {
  expect(isStalled(watched(STALL_MS, (atMs) => (atMs >= LATE ? sign : {})))).toBe(false)
})

test.each<[string, Partial<Sample>]>([
  ['prompts that others queue', { queue: { running: 'a', remaining: 4 } }],
  ['a GPU that nobody measures', { isGpuBusy: undefined }],
  ['the processor time of answering', { effort: { ...IDLE, cpuMs: 1500 } }],
  ['a question that is not answered', { queue: undefined }],
])('%s is none', (_, sign) => {
  expect(isStalled(watched(STALL_MS, (atMs) => (atMs >= LATE ? sign : {})))).toBe(true)
})

test('a queue that stands still while nothing runs is stalled as well', () => {
  const queue = { running: undefined, remaining: 2 }

  expect(isStalled(watched(STALL_MS, () => ({ queue })))).toBe(true)
})

test('a ComfyUI that never answered is not judged', () => {
  expect(isStalled(watched(2 * STALL_MS, () => ({ queue: undefined })))).toBe(false)
})

test('the time begins anew after a sign of work', () => {
  const once = (until: number) => watched(until, (atMs) => (atMs >= 300_000 ? { lines: 8 } : {}))

  expect(isStalled(once(300_000 + STALL_MS - LOOK_MS))).toBe(false)
  expect(isStalled(once(300_000 + STALL_MS))).toBe(true)
})

test('a machine that was paused has not been quiet in the meantime', () => {
  const before = watched(60_000)

  expect(isStalled(quietAfter(before, look(60_000 + 2 * STALL_MS), STALL_MS))).toBe(false)
})

test('a dead worker is stalled at once', () => {
  expect(isStalled(undefined, { hasDied: true })).toBe(true)
})

test('a time of 0 never finds a stall', () => {
  expect(isStalled(watched(10 * STALL_MS), { stallMs: 0 })).toBe(false)
  expect(isStalled(undefined, { stallMs: 0, hasDied: true })).toBe(false)
})

test('who waits for another machine is given six times as long', () => {
  expect(isStalled(watched(6 * STALL_MS - LOOK_MS), { isPatient: true })).toBe(false)
  expect(isStalled(watched(6 * STALL_MS), { isPatient: true })).toBe(true)
})

test('a ComfyUI that does not answer and does nothing answers no more after the time', () => {
  const silent = (forMs: number, change: (atMs: number) => Partial<Sample> = () => ({})) => {
    let silence: Quiet | undefined
    for (let atMs = 0; atMs <= forMs; atMs += LOOK_MS)
      silence = silenceAfter(silence, look(atMs, { queue: undefined, ...change(atMs) }), STALL_MS)
    return stallOf({ quiet: undefined, silence, stallMs: STALL_MS, hasDied: false, isPatient: false })
  }

  expect(silent(STALL_MS)).toBe('it answers no more')
  expect(silent(STALL_MS - LOOK_MS)).toBeUndefined()
  expect(silent(STALL_MS, (atMs) => (atMs === LATE ? { queue: STUCK } : {}))).toBeUndefined()
  expect(silent(STALL_MS, (atMs) => (atMs >= LATE ? { lines: 8 } : {}))).toBeUndefined()
})

import { expect, test } from 'vitest'
import { logTo } from '../../src/app/log.ts'
import type { Event } from '../../src/base/event.ts'
import { Problem } from '../../src/base/problem.ts'
import type { Host } from '../../src/host/host.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { capturingHost } from '../support/desk.ts'

test('steps, phases and services are one line each, on standard error', () => {
  const { log, err, out } = aLog()
  log({ type: 'round', steps: [{ id: 'workspace/adopt-image', title: 'Move ComfyUI into /workspace' }] })
  log({ type: 'step-started', id: 'workspace/adopt-image', title: 'Move ComfyUI into /workspace' })
  log({ type: 'step-done', id: 'workspace/adopt-image', result: 'done', ms: 8123 })
  log({ type: 'phase', phase: 'starting' })
  log({ type: 'service-state', service: 'comfyui', state: 'starting', pid: 42 })
  log({ type: 'service-state', service: 'comfyui', state: 'backoff', why: 'exit code 1' })

  expect(err()).toBe(
    [
      'comfy-init 12:00:00  workspace  Move ComfyUI into /workspace: done in 8.1 s',
      'comfy-init 12:00:00  boot       ComfyUI is starting.',
      'comfy-init 12:00:00  comfyui    starting, pid 42',
      'comfy-init 12:00:00  comfyui    backoff: exit code 1',
      '',
    ].join('\n'),
  )
  expect(out()).toBe('')
})

test('the start of a step is told when the step takes its time', () => {
  const { log, err, pass } = aLog()
  log({ type: 'step-started', id: 'workspace/quick', title: 'Quick' })
  log({ type: 'step-done', id: 'workspace/quick', result: 'done', ms: 1 })
  log({ type: 'step-started', id: 'workspace/slow', title: 'Slow' })
  pass(600)
  log({ type: 'step-done', id: 'workspace/slow', result: 'done', ms: 600 })

  expect(err().match(/(Quick|Slow).*/g)).toEqual([
    expect.stringMatching(/^Quick: done in \d+ ms$/),
    'Slow',
    expect.stringMatching(/^Slow: done in \d+ ms$/),
  ])
})

test('progress is told at most every 5 s per step', () => {
  const { log, err, pass } = aLog()
  const progress = progressOf(log)
  log({ type: 'step-started', id: 'workspace/adopt-image', title: 'Move' })
  progress(1)
  pass(4900)
  progress(2)
  pass(200)
  progress(500, { leftMs: 5100 })
  progress(501)
  pass(5000)
  progress(900, { leftMs: 1000 })

  expect(err().match(/Move: .*/g)).toEqual([
    'Move: 50 %, 50 KiB of 100 KiB, 500 of 1000 files, 6 s left',
    'Move: 90 %, 90 KiB of 100 KiB, 900 of 1000 files, 1 s left',
  ])
})

test('a pause is told at once, once, and so is its end', () => {
  const { log, err, pass } = aLog()
  const progress = progressOf(log)
  log({ type: 'step-started', id: 'workspace/adopt-image', title: 'Move' })
  pass(100)
  for (let second = 0; second < 30; second++) {
    progress(100, { paused: true })
    pass(1000)
  }
  progress(100)
  progress(101)
  pass(100)
  progress(200, { paused: true })
  pass(100)
  progress(200)

  const [tenth, fifth] = [
    '10 %, 10 KiB of 100 KiB, 100 of 1000 files',
    '20 %, 20 KiB of 100 KiB, 200 of 1000 files',
  ]
  expect(err().match(/Move: .*/g)).toEqual([
    `Move: paused (SIGCONT goes on), ${tenth}`,
    `Move: ${tenth}`,
    `Move: paused (SIGCONT goes on), ${fifth}`,
    `Move: ${fifth}`,
  ])
})

test('progress as JSON has its numbers', () => {
  const { log, err, pass } = aLog({ log: 'json' })
  log({ type: 'step-started', id: 'workspace/adopt-image', title: 'Move' })
  pass(6000)
  progressOf(log)(500, { leftMs: 5100 })

  expect(JSON.parse(err().trim().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'progress',
    bytes: { done: 51_200, total: 102_400 },
    files: { done: 500, total: 1000 },
    leftMs: 5100,
  })
})

test('a problem is a block with its remedy for the runtime, and comes once though every round finds it', () => {
  const { log, err } = aLog()
  const problem = new Problem('NOT_RUNNING', { instance: 'comfy', tried: ['/run/x'] })
  log({ type: 'runtime', runtime: 'kubernetes' })
  log({ type: 'problem', problem })
  log({ type: 'problem', problem: new Problem('NOT_RUNNING', { instance: 'comfy', tried: ['/run/x'] }) })

  const lines = err().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toContain('problem    Cannot find a running comfy-init')
  expect(lines[1]).toContain('why        Nobody answers at /run/x.')
  expect(lines[2]).toContain('remedy     kubectl exec')
})

test('the level decides what is told', () => {
  const warning = new Problem('INTERNAL', { message: 'x' }, { level: 'warning' })
  const events: readonly Event[] = [
    { type: 'phase', phase: 'starting' },
    { type: 'problem', problem: warning },
    { type: 'note', level: 'debug', text: 'small' },
    { type: 'service-state', service: 'comfyui', state: 'gave-up' },
  ]
  const linesAt = (level: Settings['logLevel']) => {
    const { log, err } = aLog({ logLevel: level })
    for (const event of events) log(event)
    return err().split('\n').length - 1
  }

  expect([linesAt('error'), linesAt('warn'), linesAt('info'), linesAt('debug')]).toEqual([1, 4, 5, 6])
})

test('the same phase twice is one line', () => {
  const { log, err } = aLog()
  log({ type: 'phase', phase: 'starting' })
  log({ type: 'phase', phase: 'starting' })

  expect(err().match(/ComfyUI is starting/g)).toHaveLength(1)
})

test('as JSON every line is one object with time, level, words and the event’s own fields', () => {
  const { log, err } = aLog({ log: 'json' })
  log({ type: 'step-done', id: 'models/link', result: 'done', ms: 7 })
  log({ type: 'problem', problem: new Problem('INTERNAL', { message: 'two\nlines' }) })
  const [step, problem] = err()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

  expect(step).toMatchObject({
    from: 'comfy-init',
    level: 'info',
    type: 'step-done',
    id: 'models/link',
    ms: 7,
  })
  expect(step.time).toBe(new Date(NOON).toISOString())
  expect(problem).toMatchObject({ level: 'error', problem: { code: 'INTERNAL', why: 'two\\x0alines' } })
})

test('what services print is left to the supervisor', () => {
  const { log, err, out } = aLog()
  log({ type: 'service-line', service: 'comfyui', stream: 'stdout', bytes: Buffer.from('hello') })

  expect(err() + out()).toBe('')
})

test('only a terminal is coloured', () => {
  const terminals = { stdin: false, stdout: false, stderr: true }
  const { host, err } = capturingHost({ terminals })
  logTo(host, { logLevel: 'info', log: 'text' })({ type: 'phase', phase: 'ready' })
  const plain = aLog()
  plain.log({ type: 'phase', phase: 'ready' })

  expect(err()).toContain('\x1b[')
  expect(plain.err()).not.toContain('\x1b[')
})

/** Tells how far the copy of 1000 files and 100 KiB is. */
function progressOf(log: (event: Event) => void) {
  return (done: number, more: { readonly leftMs?: number; readonly paused?: boolean } = {}) =>
    log({
      type: 'progress',
      id: 'workspace/adopt-image',
      bytes: { done: done * 102.4, total: 102_400 },
      files: { done, total: 1000 },
      ...more,
    })
}

const NOON = new Date(2026, 10, 21, 12).getTime()

function aLog(settings: Partial<Pick<Settings, 'log' | 'logLevel'>> = {}) {
  let passedMs = 0
  const captured = capturingHost()
  let due: { readonly atMs: number; readonly call: () => void } | undefined
  const clock: Host['clock'] = {
    ...captured.host.clock,
    now: () => NOON,
    monotonicMs: () => passedMs,
    after: (ms, call) => {
      due = { atMs: passedMs + ms, call }
      return () => {
        due = undefined
      }
    },
  }
  const log = logTo({ ...captured.host, clock }, { logLevel: 'info', log: 'text', ...settings })
  const pass = (ms: number) => {
    passedMs += ms
    if (due !== undefined && due.atMs <= passedMs) {
      due.call()
      due = undefined
    }
  }
  return { ...captured, log, pass }
}

import { expect, test } from 'vitest'
import type { Event } from '../../src/base/event.ts'
import { Problem } from '../../src/base/problem.ts'
import { apply } from '../../src/engine/apply.ts'
import type { Plan, Step } from '../../src/engine/plan.ts'
import { type Host, realHost } from '../../src/host/host.ts'
import type { Ids } from '../../src/host/users.ts'

const REAL = realHost()

const TARGET: Ids = { uid: 1000, gid: 1000, groups: [] }

/** A step that writes its id down, then ends as told. */
function step(id: string, log: string[], more: Partial<Step> = {}): Step {
  const act = async () => {
    log.push(id)
    return 'done' as const
  }
  return { id, title: `Do ${id}`, changes: [], ifFails: 'stop', apply: act, ...more }
}

function failing(error: unknown): Pick<Step, 'apply'> {
  return { apply: () => Promise.reject(error) }
}

/** A clock on which sleeping takes no time but passes it. */
function aLeapingClock(): Host['clock'] {
  let nowMs = 0
  const sleep = async (ms: number) => {
    nowMs += ms
  }
  return { ...REAL.clock, monotonicMs: () => nowMs, sleep }
}

async function run(
  plan: Plan,
  { failed = [] as string[], signal = new AbortController().signal, clock = REAL.clock } = {},
) {
  const events: Event[] = []
  const acted: (number | 'root')[] = []
  const host: Host = {
    ...REAL,
    clock,
    users: { ...REAL.users, actAs: (ids) => void acted.push(ids?.uid ?? 'root') },
  }
  const report = await apply(plan, host, {
    tell: (event) => void events.push(event),
    target: TARGET,
    signal,
    failed: new Set(failed),
  })
  return { report, events, acted, results: report.steps.map(({ id, result }) => `${id} ${result}`) }
}

test('steps run in order and are told as they start and end', async () => {
  const log: string[] = []

  const { report, events } = await run({ steps: [step('a', log), step('b', log)], problems: [] })

  expect(log).toEqual(['a', 'b'])
  expect(report.verdict).toBe('healthy')
  expect(events.map((event) => event.type)).toEqual([
    'round',
    'step-started',
    'step-done',
    'step-started',
    'step-done',
  ])
})

test('a plan with a blocking problem runs no step', async () => {
  const log: string[] = []
  const problem = new Problem('INTERNAL', { message: 'x' })

  const { report, results } = await run({ steps: [step('a', log)], problems: [problem] })

  expect(log).toEqual([])
  expect(results).toEqual(['a not-reached'])
  expect(report.verdict).toBe('failed')
})

test('a plan with only warnings runs, and reports them', async () => {
  const log: string[] = []
  const problem = new Problem('INTERNAL', { message: 'x' }, { level: 'warning' })

  const { report } = await run({ steps: [step('a', log)], problems: [problem] })

  expect(log).toEqual(['a'])
  expect(report).toMatchObject({ verdict: 'healthy', problems: [problem] })
})

test('a needed step that fails ends the run; what comes after is not reached', async () => {
  const log: string[] = []
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

  const { report, results } = await run({
    steps: [step('a', log, failing(full)), step('b', log)],
    problems: [],
  })

  expect(results).toEqual(['a failed', 'b not-reached'])
  expect(report.verdict).toBe('failed')
  expect(report.problems[0]).toMatchObject({ code: 'STEP_FAILED', level: 'blocking', kind: 'environment' })
})

test('a step that ComfyUI can do without may fail: the boot goes on degraded, with a warning', async () => {
  const log: string[] = []
  const gone = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })

  const { report, results } = await run({
    steps: [step('a', log, { ...failing(gone), ifFails: 'go-on' }), step('b', log)],
    problems: [],
  })

  expect(results).toEqual(['a failed', 'b done'])
  expect(report.verdict).toBe('degraded')
  expect(report.problems[0]?.level).toBe('warning')
})

test('a mistake of ours is no problem of the machine: it goes up as it is', async () => {
  const bug = new TypeError('x is not a function')

  await expect(run({ steps: [step('a', [], failing(bug))], problems: [] })).rejects.toBe(bug)
})

test('every step acts as the target, and as root only where it asks for it', async () => {
  const { acted } = await run({ steps: [step('a', []), step('b', [], { as: 'root' })], problems: [] })

  expect(acted).toEqual([1000, 1000, 'root', 1000])
})

test('a step that failed in an earlier round is not tried again', async () => {
  const log: string[] = []

  const { results } = await run({ steps: [step('a', log), step('b', log)], problems: [] }, { failed: ['a'] })

  expect(log).toEqual(['b'])
  expect(results).toEqual(['b done'])
})

test('what a step tells of its progress goes on with its id, and with the time left once that is known', async () => {
  const bytes = { done: 5, total: 10 }
  const telling = step('a', [], {
    apply: async (host, tell) => {
      tell({ bytes: { done: 0, total: 10 }, files: { done: 0, total: 0 } })
      await host.clock.sleep(1000)
      tell({ bytes, files: { done: 0, total: 0 } })
      tell({ bytes, files: { done: 0, total: 0 }, paused: true })
      return 'done'
    },
  })
  const { events } = await run({ steps: [telling], problems: [] }, { clock: aLeapingClock() })

  const files = { done: 0, total: 0 }
  expect(events.filter(({ type }) => type === 'progress')).toEqual([
    { type: 'progress', id: 'a', bytes: { done: 0, total: 10 }, files },
    { type: 'progress', id: 'a', bytes, files, leftMs: 1000 },
    { type: 'progress', id: 'a', bytes, files, paused: true },
  ])
})

test('a request to stop ends the run between two steps', async () => {
  const log: string[] = []
  const controller = new AbortController()
  const stopping = step('a', log, {
    apply: async () => {
      controller.abort()
      return 'done'
    },
  })

  const { results } = await run(
    { steps: [stopping, step('b', log)], problems: [] },
    { signal: controller.signal },
  )

  expect(results).toEqual(['a done', 'b not-reached'])
})

test('what a folder’s name would do to a terminal is written out in titles and changes', async () => {
  const evil = 'Link /models/ev\u001b]0;OWNED\u0007\nnext'
  const plain = 'Link /models/ev\\x1b]0;OWNED\\x07\\x0anext'

  const { report, events } = await run({
    steps: [step('a', [], { title: evil, changes: [evil] })],
    problems: [],
  })

  expect(report.steps[0]).toMatchObject({ title: plain, changes: [plain] })
  expect(events.slice(0, 2)).toEqual([
    { type: 'round', steps: [{ id: 'a', title: plain }] },
    { type: 'step-started', id: 'a', title: plain },
  ])
})

test('something optional that is missing makes a boot degraded, though every step was done', async () => {
  const missing = new Problem('NODES_FOLDER_ABSENT', { path: '/nodes' }, { degrades: true })
  const plain = new Problem('NODES_FOLDER_ABSENT', { path: '/nodes' })

  const lame = await run({ steps: [step('a', [])], problems: [missing] })
  const warned = await run({ steps: [step('a', [])], problems: [plain] })

  expect(lame.report.verdict).toBe('degraded')
  expect(warned.report.verdict).toBe('healthy')
})

import { expect, test } from 'vitest'
import { makeBus } from '../../src/base/event.ts'
import { Problem } from '../../src/base/problem.ts'
import { joinReports } from '../../src/base/report.ts'

const step = (id: string) => ({ id, title: id, changes: [], result: 'done', ms: 1 }) as const
const lost = (name: string) => new Problem('SETTING_UNKNOWN', { name })

test('joined reports keep all steps in order, the worst verdict, and each problem once', () => {
  const joined = joinReports([
    { verdict: 'healthy', steps: [step('a/b')], problems: [lost('COMFY_X')] },
    { verdict: 'degraded', steps: [step('c/d')], problems: [lost('COMFY_X'), lost('COMFY_Y')] },
    { verdict: 'healthy', steps: [], problems: [] },
  ])

  expect(joined.verdict).toBe('degraded')
  expect(joined.steps.map((each) => each.id)).toEqual(['a/b', 'c/d'])
  expect(joined.problems.map((each) => each.message)).toEqual([
    'COMFY_X is set, but nothing reads it.',
    'COMFY_Y is set, but nothing reads it.',
  ])
})

test('no reports joined are a healthy one', () => {
  expect(joinReports([])).toEqual({ verdict: 'healthy', steps: [], problems: [] })
})

test('a bus tells each listener at once and in order, until it leaves', () => {
  const bus = makeBus()
  const heard: string[] = []
  const leave = bus.listen(({ type }) => heard.push(`first ${type}`))
  bus.listen(({ type }) => heard.push(`second ${type}`))

  bus.tell({ type: 'phase', phase: 'ready' })
  leave()
  bus.tell({ type: 'note', level: 'info', text: 'x' })

  expect(heard).toEqual(['first phase', 'second phase', 'second note'])
})

import { expect, test } from 'vitest'
import { keepStatus } from '../../src/app/status.ts'
import { makeBus } from '../../src/base/event.ts'
import { Problem } from '../../src/base/problem.ts'
import { aDeath } from '../support/status.ts'

const BASE = {
  version: '1.2.3',
  instance: 'comfy',
  startedAt: '2026-01-01T00:00:00.000Z',
  addresses: { comfyui: 'http://127.0.0.1:8188' },
}

function aStatus() {
  const bus = makeBus()
  return { tell: bus.tell, status: keepStatus(bus, BASE, (name) => (name === 'comfyui' ? 'ComfyUI' : name)) }
}

test('before anything is told the boot is being prepared', () => {
  const { status } = aStatus()

  expect(status()).toMatchObject({
    ...BASE,
    phase: 'preparing',
    step: undefined,
    steps: [],
    services: [],
    conditions: [],
    deaths: [],
    problems: [],
  })
})

test('a step waits, works, tells how far it is, is paused, and is done', () => {
  const { tell, status } = aStatus()
  tell({
    type: 'round',
    steps: [
      { id: 'a/b', title: 'Copy' },
      { id: 'c/d', title: 'Link' },
    ],
  })
  tell({ type: 'step-started', id: 'a/b', title: 'Copy' })
  const progress = { bytes: { done: 61, total: 100 }, files: { done: 3, total: 9 } }
  tell({ type: 'progress', id: 'a/b', ...progress, leftMs: 900 })

  const working = { id: 'a/b', title: 'Copy', state: 'working' }
  expect(status().step).toEqual({ ...working, percent: 61, ...progress, leftMs: 900 })
  tell({ type: 'progress', id: 'a/b', ...progress, paused: true })
  expect(status().step).toEqual({ ...working, percent: 61, ...progress, paused: true })
  tell({ type: 'progress', id: 'a/b', ...progress })
  expect(status().step).toEqual({ ...working, percent: 61, ...progress })
  tell({ type: 'step-done', id: 'a/b', result: 'done', ms: 12 })
  expect(status().step).toBeUndefined()
  expect(status().steps).toEqual([
    { id: 'a/b', title: 'Copy', state: 'done', ms: 12 },
    { id: 'c/d', title: 'Link', state: 'waiting' },
  ])
})

test('progress of a step that does not work, or not any more, is not shown', () => {
  const { tell, status } = aStatus()
  const progress = { bytes: { done: 0, total: 1 }, files: { done: 0, total: 1 } }
  tell({ type: 'progress', id: 'a/b', ...progress })
  expect(status().steps).toEqual([])

  tell({ type: 'step-started', id: 'a/b', title: 'Copy' })
  tell({ type: 'step-done', id: 'a/b', result: 'done', ms: 12 })
  tell({ type: 'progress', id: 'a/b', ...progress })
  expect(status().steps).toEqual([{ id: 'a/b', title: 'Copy', state: 'done', ms: 12 }])
})

test('a service that starts again has been restarted, one that starts first has not', () => {
  const { tell, status } = aStatus()
  for (const state of ['starting', 'running', 'backoff', 'starting'] as const)
    tell({ type: 'service-state', service: 'comfyui', state })

  expect(status().services).toEqual([
    { name: 'comfyui', title: 'ComfyUI', state: 'starting', restarts: 1, isSafe: false },
  ])
  tell({ type: 'service-state', service: 'comfyui', state: 'running', isSafe: true })
  expect(status().services).toMatchObject([{ state: 'running', isSafe: true }])
})

test('a condition holds with its words until it is told without', () => {
  const { tell, status } = aStatus()
  tell({ type: 'condition', condition: 'stalled', text: 'Nothing moves.' })
  tell({ type: 'condition', condition: 'safe-mode', text: 'No nodes.' })
  tell({ type: 'condition', condition: 'stalled', text: 'Nothing moves, again.' })

  expect(status().conditions).toEqual([
    { condition: 'stalled', text: 'Nothing moves, again.' },
    { condition: 'safe-mode', text: 'No nodes.' },
  ])
  tell({ type: 'condition', condition: 'stalled' })
  expect(status().conditions).toEqual([{ condition: 'safe-mode', text: 'No nodes.' }])
})

test('the last five deaths are shown, the newest first, without their lines', () => {
  const { tell, status } = aStatus()
  for (let n = 1; n <= 7; n++) tell({ type: 'death', death: aDeath({ at: `2026-01-0${n}T00:00:00.000Z` }) })

  expect(status().deaths.map(({ at }) => at.slice(0, 10))).toEqual([
    '2026-01-07',
    '2026-01-06',
    '2026-01-05',
    '2026-01-04',
    '2026-01-03',
  ])
  expect(Object.keys(status().deaths[0] ?? {})).toEqual(['service', 'at', 'cause', 'summary', 'remedy'])
})

test('of problems that come in ever new words the newest hundred are kept', () => {
  const { tell, status } = aStatus()
  for (let n = 0; n < 150; n++)
    tell({ type: 'problem', problem: new Problem('COMFY_ARG_UNKNOWN', { flag: `--number-${n}` }) })

  expect(status().problems).toHaveLength(100)
  expect(status().problems.at(-1)?.what).toContain('--number-149')
})

test('a problem that is told in two rounds is shown once, worded for the runtime', () => {
  const { tell, status } = aStatus()
  const problem = () => new Problem('INTERNAL', { message: 'x' })
  tell({ type: 'runtime', runtime: 'kubernetes' })
  tell({ type: 'problem', problem: problem() })
  tell({ type: 'problem', problem: problem() })

  expect(status().problems).toEqual([problem().in('kubernetes')])
})

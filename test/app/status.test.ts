import { expect, test } from 'vitest'
import { keepStatus } from '../../src/app/status.ts'
import { makeBus } from '../../src/base/event.ts'
import { Problem } from '../../src/base/problem.ts'

const BASE = {
  version: '1.2.3',
  instance: 'comfy',
  startedAt: '2026-01-01T00:00:00.000Z',
  addresses: { comfyui: 'http://127.0.0.1:8188' },
}

function aStatus() {
  const bus = makeBus()
  return { tell: bus.tell, status: keepStatus(bus, BASE) }
}

test('before anything is told the boot is being prepared', () => {
  const { status } = aStatus()

  expect(status()).toMatchObject({
    ...BASE,
    phase: 'preparing',
    step: undefined,
    steps: [],
    services: [],
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

  expect(status().services).toEqual([{ name: 'comfyui', state: 'starting', restarts: 1 }])
})

test('a problem that is told in two rounds is shown once, worded for the runtime', () => {
  const { tell, status } = aStatus()
  const problem = () => new Problem('INTERNAL', { message: 'x' })
  tell({ type: 'runtime', runtime: 'kubernetes' })
  tell({ type: 'problem', problem: problem() })
  tell({ type: 'problem', problem: problem() })

  expect(status().problems).toEqual([problem().in('kubernetes')])
})

import { expect, test } from 'vitest'
import type { StepStatus } from '../../src/app/status.ts'
import { statusText } from '../../src/cli/status.ts'
import { aDeath, aStatus } from '../support/status.ts'

test('status as text says how far a step is', () => {
  const step = { id: 'workspace/adopt-image', title: 'Copy ComfyUI', state: 'working', percent: 50 } as const
  const far = { bytes: { done: 512, total: 1024 }, files: { done: 1, total: 3 } }
  const text = (more: Partial<StepStatus>) => statusText(aStatus({ steps: [{ ...step, ...more }] }), false)

  expect(text({})).toMatch(/^Copy ComfyUI {2}working$/m)
  expect(text({ ...far, leftMs: 900 })).toMatch(
    /^Copy ComfyUI {2}working {2}50 %, 512 B of 1\.0 KiB, 1 of 3 files, 1 s left$/m,
  )
  expect(text({ ...far, paused: true })).toMatch(/ {2}paused \(SIGCONT goes on\), 50 %/)
})

test('status as text has conditions, safe mode and the last deaths', () => {
  const { lines: _, ending: __, uptimeMs: ___, isSafe: ____, ...death } = aDeath()
  const [service] = aStatus().services
  const text = statusText(
    aStatus({
      services: service === undefined ? [] : [{ ...service, isSafe: true }],
      conditions: [{ condition: 'safe-mode', text: 'It died too often.' }],
      deaths: [death],
    }),
    false,
  )

  expect(text).toMatch(/^comfyui {2}running {2}safe mode, pid 42, restarts: 1$/m)
  expect(text).toMatch(/^safe-mode {2}It died too often\.$/m)
  expect(text).toMatch(
    /^Last deaths \(comfy-init deaths shows more\):\n2026-11-21T12:00:00\.000Z {2}comfyui {2}traceback {2}ComfyUI ended/m,
  )
})

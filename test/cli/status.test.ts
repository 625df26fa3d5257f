import { expect, test } from 'vitest'
import type { StepStatus } from '../../src/app/status.ts'
import { statusText } from '../../src/cli/status.ts'
import { aStatus } from '../support/status.ts'

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

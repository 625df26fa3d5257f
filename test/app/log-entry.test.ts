import { expect, test } from 'vitest'
import { jsonEntry } from '../../src/app/log-entry.ts'
import { aDeath } from '../features/deaths/a-death.ts'

test('a death is logged without the last lines, which are in the log already', () => {
  const line = { level: 'error', topic: 'comfyui', text: 'It ended.' } as const
  const entry = jsonEntry({ type: 'death', death: aDeath() }, line, { runtime: 'docker', now: 0 })

  const { lines: _, ...death } = aDeath()
  expect(JSON.parse(entry)).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    from: 'comfy-init',
    level: 'error',
    topic: 'comfyui',
    text: 'It ended.',
    type: 'death',
    death,
  })
})

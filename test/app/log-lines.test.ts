import { expect, test } from 'vitest'
import { logLines } from '../../src/app/log-lines.ts'
import type { Event } from '../../src/base/event.ts'
import { aDeath } from '../support/status.ts'

const EVIL = 'ev\u001b]0;OWNED\u0007\nnext'

const EVENTS: readonly Event[] = [
  { type: 'step-started', id: 'models/link', title: EVIL },
  { type: 'step-done', id: 'models/link', result: 'failed', ms: 1 },
  { type: 'service-state', service: 'comfyui', state: 'backoff', why: EVIL },
  { type: 'condition', condition: 'stalled', text: EVIL },
  { type: 'note', level: 'warn', text: EVIL },
  { type: 'death', death: aDeath({ summary: EVIL }) },
]

test.each(EVENTS)('words of others steer no terminal and begin no line: $type', (event) => {
  const lines = logLines(event, { titles: new Map([['models/link', EVIL]]), runtime: 'docker' })

  expect(lines.map(({ text }) => text).join()).toContain('ev\\x1b]0;OWNED\\x07\\x0anext')
  expect(lines.some(({ text }) => /\p{Cc}/u.test(text))).toBe(false)
})

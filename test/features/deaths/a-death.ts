import type { Death } from '../../../src/base/death.ts'

/** ComfyUI ended with code 7 at noon, after 12 seconds, with one line. */
export function aDeath(overrides: Partial<Death> = {}): Death {
  return {
    service: 'comfyui',
    at: '2026-11-21T12:00:00.000Z',
    ending: { code: 7, signal: null },
    cause: 'exit',
    summary: 'ComfyUI ended with exit code 7 after 12 s.',
    uptimeMs: 12_000,
    isSafe: false,
    lines: ['its last word'],
    ...overrides,
  }
}

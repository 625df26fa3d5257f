import type { Behind } from '../../src/app/doors.ts'
import { makeFeed } from '../../src/app/feed.ts'
import type { Status } from '../../src/app/status.ts'
import type { Death } from '../../src/base/death.ts'
import { makeBus } from '../../src/base/event.ts'
import { realClock } from '../../src/host/clock.ts'

/** A status with something in every field: ComfyUI is ready, one warning, one step done. */
export function aStatus(overrides: Partial<Status> = {}): Status {
  return {
    phase: 'ready',
    version: '1.2.3',
    instance: 'comfy',
    startedAt: '2026-11-21T12:00:00.000Z',
    step: undefined,
    steps: [{ id: 'workspace/adopt-image', title: 'Move ComfyUI', state: 'done', percent: 100, ms: 8100 }],
    services: [
      { name: 'comfyui', title: 'ComfyUI', state: 'running', pid: 42, restarts: 1, isSafe: false },
      {
        name: 'jupyter',
        title: 'JupyterLab',
        state: 'backoff',
        why: 'exit code 1',
        restarts: 2,
        isSafe: false,
      },
    ],
    conditions: [],
    deaths: [],
    problems: [
      {
        code: 'INTERNAL',
        kind: 'bug',
        level: 'warning',
        what: 'Cannot <b>do</b> it.',
        why: 'Because.',
        remedy: 'Do something else.',
      },
    ],
    addresses: { comfyui: 'http://127.0.0.1:8188', status: 'http://127.0.0.1:3000' },
    ...overrides,
  }
}

/** What is behind the doors of a program with the service comfyui; `asked` keeps what was asked of it. */
export function aBehind(overrides: Partial<Behind> = {}): Behind & { readonly asked: string[] } {
  const asked: string[] = []
  const status = overrides.status ?? (() => aStatus())
  const clock = realClock()
  return {
    asked,
    status,
    answers: async () => true,
    wasReady: () => true,
    services: () => [
      { name: 'comfyui', title: 'ComfyUI' },
      { name: 'jupyter', title: 'JupyterLab' },
    ],
    control: async (service, act) => {
      asked.push(`${act} ${service}`)
      return service === 'comfyui' ? 'done' : 'absent'
    },
    logFile: (service) => (service === 'comfyui' ? '/logs/comfyui.log' : undefined),
    gauges: () => ({}),
    metrics: async () => [],
    feed: makeFeed(makeBus(), { clock, status, secrets: () => [] }),
    token: undefined,
    elapsedMs: clock.monotonicMs,
    ...overrides,
  }
}

/** A death of ComfyUI by a traceback. */
export function aDeath(overrides: Partial<Death> = {}): Death {
  return {
    service: 'comfyui',
    at: '2026-11-21T12:00:00.000Z',
    ending: { code: 1, signal: null },
    cause: 'traceback',
    summary: 'ComfyUI ended with exit code 1: KeyError.',
    remedy: 'Take the node out.',
    uptimeMs: 60_000,
    isSafe: false,
    lines: ['Traceback (most recent call last):', "KeyError: 'x'"],
    ...overrides,
  }
}

import type { Behind } from '../../src/app/doors.ts'
import type { Status } from '../../src/app/status.ts'

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
      { name: 'comfyui', state: 'running', pid: 42, restarts: 1 },
      { name: 'jupyter', state: 'backoff', why: 'exit code 1', restarts: 2 },
    ],
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
  return {
    asked,
    status: () => aStatus(),
    answers: async () => true,
    services: () => ['comfyui', 'jupyter'],
    control: async (service, act) => {
      asked.push(`${act} ${service}`)
      return service === 'comfyui'
    },
    logFile: (service) => (service === 'comfyui' ? '/logs/comfyui.log' : undefined),
    ...overrides,
  }
}

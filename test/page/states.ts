import type { ServiceLine, Status, StepStatus } from '../../src/app/status.ts'
import type { Death } from '../../src/base/death.ts'
import { aStatus } from '../support/status.ts'

const GIB = 1024 ** 3

/** ComfyUI as a service that runs. */
export const COMFYUI: ServiceLine = {
  name: 'comfyui',
  title: 'ComfyUI',
  state: 'running',
  pid: 42,
  restarts: 0,
  isSafe: false,
}

const JUPYTER: ServiceLine = { ...COMFYUI, name: 'jupyter', title: 'JupyterLab', pid: 77 }

const COPY: StepStatus = {
  id: 'workspace/adopt-image',
  title: 'Copy ComfyUI 0.33.0 from /opt/ComfyUI into /workspace/ComfyUI',
  state: 'working',
  percent: 61,
  bytes: { done: 1.84 * GIB, total: 3 * GIB },
  files: { done: 24310, total: 45012 },
  leftMs: 11_400,
}

const STEPS: readonly StepStatus[] = [
  { id: 'workspace/own-folder', title: 'Make the folder /workspace/.comfy-init', state: 'done', ms: 12 },
  COPY,
  { id: 'nodes/link', title: 'Link the nodes that come with the image', state: 'waiting' },
]

const DONE = STEPS.map(({ id, title }, at): StepStatus => ({ id, title, state: 'done', ms: 12 + 4100 * at }))

/** A death by a node’s missing package. */
export const DEATH: Death = {
  service: 'comfyui',
  at: '2026-11-21T03:12:09.000Z',
  ending: { code: 1, signal: null },
  cause: 'traceback',
  summary: 'ComfyUI ended by an exception in custom_nodes/fancy: No module named «kornia».',
  remedy: 'Install what the node needs: pip install -r custom_nodes/fancy/requirements.txt',
  uptimeMs: 14_000,
  isSafe: false,
  lines: ['Traceback (most recent call last):', 'ModuleNotFoundError: No module named <kornia>'],
}

const { service, at, cause, summary, remedy = '' } = DEATH
const told = { service, at, cause, summary, remedy }

const quiet = { problems: [], services: [COMFYUI], steps: DONE } as const

/** Every kind of state that people meet. */
export const states = {
  preparing: aStatus({ phase: 'preparing', services: [], steps: STEPS, step: COPY }),
  starting: aStatus({ ...quiet, phase: 'starting', services: [{ ...COMFYUI, state: 'starting' }] }),
  ready: aStatus({ ...quiet, services: [COMFYUI, JUPYTER] }),
  degraded: aStatus({
    ...quiet,
    phase: 'degraded',
    problems: aStatus().problems,
    services: [COMFYUI, { ...JUPYTER, state: 'gave-up', why: 'exit code 1; death 5 of 5 within 10 min' }],
  }),
  safe: aStatus({
    ...quiet,
    services: [{ ...COMFYUI, restarts: 5, isSafe: true }],
    conditions: [{ condition: 'safe-mode', text: 'ComfyUI: death 5 of 5 within 10 min, without its nodes.' }],
    deaths: [told, { ...told, at: '2026-11-21T03:11:40.000Z' }],
  }),
  backoff: aStatus({
    ...quiet,
    phase: 'starting',
    services: [{ ...COMFYUI, state: 'backoff', restarts: 1, why: 'exit code 1; next try in 2 s' }],
    deaths: [told],
  }),
  stalled: aStatus({
    ...quiet,
    conditions: [{ condition: 'stalled', text: 'The prompt 7 has shown no sign of work for 10 min' }],
  }),
  gpuLost: aStatus({ ...quiet, conditions: [{ condition: 'gpu-lost', text: 'nvidia-smi sees no GPU.' }] }),
  draining: aStatus({
    ...quiet,
    phase: 'stopping',
    conditions: [{ condition: 'draining', text: 'The running prompt has up to 2 min to finish' }],
  }),
  failed: aStatus({ ...quiet, phase: 'failed', services: [], problems: aStatus().problems.map(blocking) }),
  stopped: aStatus({ ...quiet, phase: 'stopped', services: [{ ...COMFYUI, state: 'stopped' }] }),
} satisfies Record<string, Status>

function blocking(problem: Status['problems'][number]): Status['problems'][number] {
  return { ...problem, level: 'blocking' }
}

import type { ServiceSpec } from '../../../src/base/service.ts'
import type { Evidence } from '../../../src/features/deaths/evidence.ts'

/** ComfyUI as a service, as far as its death is concerned. */
export const COMFYUI: ServiceSpec = {
  name: 'comfyui',
  title: 'ComfyUI',
  file: '/opt/venv/bin/python',
  args: ['/workspace/ComfyUI/main.py', '--port', '8188'],
  env: {},
  cwd: '/workspace/ComfyUI',
  essential: true,
  stop: [],
  restart: { when: 'on-failure', limit: 5, windowMs: 1, firstDelayMs: 1, mostDelayMs: 1, hopeless: [2] },
  ready: { host: '127.0.0.1', port: 8188, path: '/prompt' },
  logFile: '/workspace/.comfy-init/logs/comfyui.log',
}

/** JupyterLab beside it. */
export const JUPYTER: ServiceSpec = {
  ...COMFYUI,
  name: 'jupyter',
  title: 'JupyterLab',
  args: ['-m', 'jupyterlab'],
  essential: false,
  ready: { host: '127.0.0.1', port: 8888, path: '/' },
}

/** Twelve seconds of life, nothing printed, enough memory, no GPU; ended with code 1. */
export function anEvidence(overrides: Partial<Evidence> = {}): Evidence {
  return {
    spec: COMFYUI,
    ending: { code: 1, signal: null },
    uptimeMs: 12_000,
    endedAtMs: 100_000,
    said: [],
    ooms: { kills: 0, atLimit: 0 },
    ram: undefined,
    limitBytes: undefined,
    machineBytes: 64 * 1024 ** 3,
    gpu: undefined,
    torch: undefined,
    isGpuLost: false,
    ...overrides,
  }
}

/** Lines as a service says them on standard error, the last one so many milliseconds before its end. */
export function said(text: string, beforeEndMs = 10, stream: 'stdout' | 'stderr' = 'stderr') {
  const lines = text.replace(/^\n|\n$/g, '').split('\n')
  return lines.map((line) => ({ stream, text: line, atMs: 100_000 - beforeEndMs }))
}

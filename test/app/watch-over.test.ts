import { expect, test } from 'vitest'
import { phaseOf } from '../../src/app/watch-over.ts'
import type { ServiceState } from '../../src/base/event.ts'

const SPECS = [
  { name: 'comfyui', essential: true },
  { name: 'jupyter', essential: false },
]

test.each([
  { comfyui: 'starting', jupyter: 'running', verdict: 'healthy', phase: 'starting' },
  { comfyui: 'running', jupyter: 'starting', verdict: 'healthy', phase: 'ready' },
  { comfyui: 'running', jupyter: 'running', verdict: 'degraded', phase: 'degraded' },
  { comfyui: 'running', jupyter: 'gave-up', verdict: 'healthy', phase: 'degraded' },
  { comfyui: 'backoff', jupyter: 'gave-up', verdict: 'healthy', phase: 'starting' },
  { comfyui: 'stopped', jupyter: 'running', verdict: 'healthy', phase: 'stopped' },
  { comfyui: 'killing', jupyter: 'running', verdict: 'healthy', phase: 'stopping' },
  { comfyui: 'gave-up', jupyter: 'running', verdict: 'healthy', phase: 'failed' },
] as const)(
  'ComfyUI $comfyui, JupyterLab $jupyter after a $verdict boot is $phase',
  ({ comfyui, jupyter, verdict, phase }) => {
    const states = new Map<string, ServiceState>([
      ['comfyui', comfyui],
      ['jupyter', jupyter],
    ])

    expect(phaseOf(SPECS, states, verdict)).toBe(phase)
  },
)

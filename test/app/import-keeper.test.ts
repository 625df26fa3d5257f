import { expect, onTestFinished, test } from 'vitest'
import { importKeeper } from '../../src/app/import-keeper.ts'
import { type Event, makeBus } from '../../src/base/event.ts'
import type { NodeImport } from '../../src/base/node.ts'
import { aService } from '../support/supervised.ts'
import { aFacts, aSettings } from '../support/world.ts'

const FAILS = [
  'Traceback (most recent call last):',
  '  File "/workspace/ComfyUI/custom_nodes/dots/__init__.py", line 1, in <module>',
  "ModuleNotFoundError: No module named 'absent'",
  "Cannot import /workspace/ComfyUI/custom_nodes/dots module for custom nodes: No module named 'absent'",
]
const TIMES = (failed: string) => [
  'Import times for custom nodes:',
  '   0.0 seconds: /workspace/ComfyUI/custom_nodes/stripes',
  `   0.1 seconds${failed}: /workspace/ComfyUI/custom_nodes/dots`,
]
const BROKEN = [...FAILS, ...TIMES(' (IMPORT FAILED)')]

/** ComfyUI as its supervisor tells of it; `conditions` are what was told since. */
async function comfyui(trial: Readonly<Record<string, NodeImport>> = {}) {
  const bus = makeBus()
  const spec = { ...(await aService('print-lines.py')), name: 'comfyui' }
  const facts = aFacts()
  const imports = { ...{ version: 1 as const, asked: '', atMs: 0, ms: 0 }, nodes: trial }
  onTestFinished(
    importKeeper({
      ...{ bus, spec, settings: aSettings() },
      places: { customNodes: '/workspace/ComfyUI/custom_nodes' },
      facts: { nodeRecords: { ...facts.nodeRecords, imports } },
    }),
  )
  const conditions: (string | undefined)[] = []
  bus.listen((event: Event) => {
    if (event.type === 'condition' && event.condition === 'import-failed') conditions.push(event.text)
  })
  const is = (state: 'starting' | 'running' | 'backoff') =>
    bus.tell({ type: 'service-state', service: 'comfyui', state })
  const say = (lines: readonly string[], service = 'comfyui') => {
    for (const line of lines)
      bus.tell({ type: 'service-line', service, stream: 'stderr', bytes: Buffer.from(line) })
  }
  return { is, say, conditions }
}

test('nodes that ComfyUI could not import at a start are told once it runs, until a start that can', async () => {
  const { is, say, conditions } = await comfyui()

  is('starting')
  say(BROKEN)
  expect(conditions).toEqual([])
  is('running')
  expect(conditions).toEqual([
    expect.stringContaining("could not import dots (ModuleNotFoundError: No module named 'absent')"),
  ])
  is('starting')
  say(TIMES(''))
  is('running')

  expect(conditions.slice(1)).toEqual([undefined])
})

test('a node that failed on trial is told as that alone', async () => {
  const { is, say, conditions } = await comfyui({ dots: { result: 'failed', line: 'x', seconds: 0.1 } })

  is('starting')
  say(BROKEN)
  is('running')

  expect(conditions).toEqual([])
})

test('what is printed later, or by another service, says nothing of imports', async () => {
  const { is, say, conditions } = await comfyui()

  is('starting')
  say(BROKEN, 'jupyter')
  is('running')
  say(BROKEN)
  is('backoff')

  expect(conditions).toEqual([])
})

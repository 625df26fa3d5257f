import { expect, test } from 'vitest'
import { trialReader } from '../../../src/features/node-check/read-trial.ts'

function said(text: string) {
  const reader = trialReader(['/w/custom_nodes'])
  for (const line of text.split('\n')) reader.read(line)
  return reader.said()
}

const TRACE = `[WARNING] Traceback (most recent call last):
  File "/w/ComfyUI/nodes.py", line 2270, in load_custom_node
    module_spec.loader.exec_module(module)
  File "/w/custom_nodes/bad/__init__.py", line 1, in <module>
    import nope
ModuleNotFoundError: No module named 'nope'
`

test('a real log tells each node, in colours or not', () => {
  const log = `\x1b[33m${TRACE}
\x1b[33m[WARNING]\x1b[0m Cannot import /w/custom_nodes/bad module for custom nodes: No module named 'nope'
\x1b[32m[INFO]\x1b[0m \n
Import times for custom nodes:
\x1b[32m[INFO]\x1b[0m    0.0 seconds: /w/custom_nodes/single.py
[INFO]    0.1 seconds (IMPORT FAILED): /w/custom_nodes/bad
a thread says something
[INFO]   12.5 seconds: /w/custom_nodes/slow and spaced
`
  const { isComplete, nodes, suspect } = said(log)
  expect(isComplete).toBe(true)
  expect(suspect).toBeUndefined()
  expect(Object.fromEntries(nodes)).toEqual({
    'single.py': { result: 'ok', line: undefined, seconds: 0 },
    bad: { result: 'failed', line: "ModuleNotFoundError: No module named 'nope'", seconds: 0.1 },
    'slow and spaced': { result: 'ok', line: undefined, seconds: 12.5 },
  })
})

test('times of start scripts are no times of imports', () => {
  const { isComplete, nodes } = said(
    '\nPrestartup times for custom nodes:\n   0.0 seconds: /w/custom_nodes/a\n',
  )
  expect(isComplete).toBe(false)
  expect(nodes.size).toBe(0)
})

test('of exceptions raised by exceptions the last one is kept', () => {
  const chain = `${TRACE}
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/w/custom_nodes/bad/__init__.py", line 3, in <module>
    raise ValueError("x")
ValueError: x

Cannot import /w/custom_nodes/bad module for custom nodes: x
Import times for custom nodes:
   0.0 seconds (IMPORT FAILED): /w/custom_nodes/bad`
  expect(said(chain).nodes.get('bad')?.line).toBe('ValueError: x')
})

test('a traceback that nobody caught names the node in whose code it is innermost', () => {
  const { suspect, line } = said(
    TRACE.replace('[WARNING] ', '').replace('/w/ComfyUI/nodes.py', '/w/custom_nodes/outer/a.py'),
  )
  expect(suspect).toBe('bad')
  expect(line).toBe("ModuleNotFoundError: No module named 'nope'")
})

test('a traceback that was caught names nobody', () => {
  expect(
    said(`${TRACE}\nCannot import /w/custom_nodes/bad module for custom nodes: x`).suspect,
  ).toBeUndefined()
})

test('a crash names the node whose frame comes first', () => {
  const crash = `Fatal Python error: Aborted

Current thread 0x00007f (most recent call first):
  File "/usr/lib/python3/ctypes.py", line 1 in call
  File "/w/custom_nodes/inner/__init__.py", line 1 in <module>
  File "/w/custom_nodes/outer/__init__.py", line 1 in <module>`
  expect(said(crash)).toMatchObject({ suspect: 'inner', line: 'Fatal Python error: Aborted' })
})

test('the node that was being loaded comes before every other sign', () => {
  const log = `Trying to load custom node /w/custom_nodes/a
Trying to load custom node /w/custom_nodes/b
Trying to load custom node /w/ComfyUI/comfy_extras/nodes_x.py`
  expect(said(log).suspect).toBe('b')
})

test('what a node prints to look like a result counts only for itself', () => {
  expect(said('   0.0 seconds: /w/custom_nodes/a').nodes.size).toBe(0)
})

import { expect, test } from 'vitest'
import { causeOf } from '../../../src/features/deaths/cause.ts'
import { anEvidence, said } from './an-evidence.ts'

const FAILED_PROMPT = `
!!! Exception during processing !!! CUDA out of memory. Tried to allocate 2.00 GiB.
Traceback (most recent call last):
  File "/workspace/ComfyUI/execution.py", line 291, in execute
    output = process()
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
`

test('the traceback of a prompt an hour ago is not why it ended', () => {
  expect(causeOf(anEvidence({ said: said(FAILED_PROMPT, 3_600_000) })).cause).toBe('exit')
  expect(causeOf(anEvidence({ said: said(FAILED_PROMPT, 1000) })).cause).toBe('cuda-memory')
})

test('what a prompt failed with is not why it ended, once that prompt is done', () => {
  const lines = said(
    `${FAILED_PROMPT}\nGot an OOM, unloading all loaded models.\nPrompt executed in 0.53 seconds`,
  )

  expect(causeOf(anEvidence({ said: lines })).cause).toBe('exit')
  expect(causeOf(anEvidence({ said: lines, ending: { code: null, signal: 'SIGSEGV' } })).cause).toBe('signal')
})

test('a custom node that cannot be imported is not why it ended', () => {
  const lines = (head: string) =>
    said(`
${head}Traceback (most recent call last):
  File "/workspace/ComfyUI/nodes.py", line 2263, in load_custom_node
    module_spec.loader.exec_module(module)
  File "/workspace/custom_nodes/broken/__init__.py", line 1, in <module>
    import not_a_module_xyz
ModuleNotFoundError: No module named 'not_a_module_xyz'

${head}Cannot import /workspace/custom_nodes/broken module for custom nodes: CUDA error: no kernel image is available
`)

  expect(causeOf(anEvidence({ said: lines('') })).cause).toBe('exit')
  expect(causeOf(anEvidence({ said: lines('[WARNING] ') })).cause).toBe('exit')
})

test.each([
  'Exception in thread Thread-3 (serve):',
  'Exception ignored in: <function Model.__del__ at 0x7f>',
  '[ERROR] Error handling request from 127.0.0.1',
  "[ERROR] Task exception was never retrieved\nfuture: <Task finished name='Task-7'>",
  '[ERROR] !!! Exception during processing !!! x',
])('an exception behind «%s» did not end the program', (before) => {
  const lines = said(`
${before}
Traceback (most recent call last):
  File "/workspace/custom_nodes/x/__init__.py", line 1, in serve
    raise ValueError("x")
ValueError: x
`)

  expect(causeOf(anEvidence({ said: lines })).cause).toBe('exit')
})

test('an exception after which much more was said is not why it ended', () => {
  const caught = `Traceback (most recent call last):\n  File "/a/main.py", line 1, in a\n    b()\nValueError: x`
  const more = (lines: number) => said(`${caught}${'\nmore'.repeat(lines)}`)

  expect(causeOf(anEvidence({ said: more(12) })).cause).toBe('traceback')
  expect(causeOf(anEvidence({ said: more(13) })).cause).toBe('exit')
})

test('the long message of an exception does not count as more', () => {
  const missing = '\n\tsize mismatch for a.b: copying a param with shape torch.Size([1]).'
  const long = `Traceback (most recent call last):\n  File "/a/main.py", line 1, in a\n    b()\nRuntimeError: Error(s) in loading:${missing.repeat(40)}`

  expect(causeOf(anEvidence({ said: said(long) })).cause).toBe('traceback')
})

test('what is printed late, because it was held back, does not hide the exception', () => {
  const error = said(
    'Traceback (most recent call last):\n  File "/a/main.py", line 1, in a\n    b()\nValueError: x',
  )
  const late = said('one\n[INFO] two\nthree', 0, 'stdout')

  expect(causeOf(anEvidence({ said: [...error, ...late] })).cause).toBe('traceback')
})

test('only code 1 is Python’s own answer to an exception', () => {
  const error = said(
    'Traceback (most recent call last):\n  File "/a/main.py", line 1, in a\n    b()\nValueError: x',
  )

  expect(causeOf(anEvidence({ said: error, ending: { code: 7, signal: null } })).cause).toBe('exit')
})

test('of two chained exceptions the last one ended it', () => {
  const chained = said(`
Traceback (most recent call last):
  File "/a/main.py", line 1, in a
    b()
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/a/main.py", line 3, in a
    c()
  File "/opt/venv/lib/python3.12/site-packages/yaml/x.py", line 9, in c
    d()
yaml.scanner.ScannerError: mapping values are not allowed here
  in "extra_model_paths.yaml", line 2, column 5
`)

  expect(causeOf(anEvidence({ said: chained })).summary).toBe(
    'ComfyUI ended with yaml.scanner.ScannerError: mapping values are not allowed here, in /a/main.py line 3.',
  )
})

test('words that many lines stand behind are not why it ended, before a crash sooner than before an exit', () => {
  const ending = { code: null, signal: 'SIGSEGV' } as const
  const after = (lines: number) =>
    said(`torch.OutOfMemoryError: CUDA out of memory.${'\nmore'.repeat(lines)}`)

  expect(causeOf(anEvidence({ said: after(14), ending })).cause).toBe('cuda-memory')
  expect(causeOf(anEvidence({ said: after(15), ending })).cause).toBe('signal')
  expect(causeOf(anEvidence({ said: after(59) })).cause).toBe('cuda-memory')
  expect(causeOf(anEvidence({ said: after(60) })).cause).toBe('exit')
})

test('of two words the later one is why it ended', () => {
  const lines = said(
    '[ERROR] Port 8188 is already in use on address 0.0.0.0.\n[ERROR] No space left on device',
  )

  expect(causeOf(anEvidence({ said: lines })).cause).toBe('disk-full')
})

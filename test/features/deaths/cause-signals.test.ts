import { expect, test } from 'vitest'
import { causeOf } from '../../../src/features/deaths/cause.ts'
import { anEvidence, said } from './an-evidence.ts'

test('a kill while the kernel counts one for lack of memory at the limit names the limit', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGKILL' },
      ooms: { kills: 1, atLimit: 1 },
      limitBytes: 16 * 1024 ** 3,
      ram: { bytes: 15 * 1024 ** 3, atMs: 97_000 },
    }),
  )

  expect(found.cause).toBe('out-of-memory')
  expect(found.summary).toBe(
    'The kernel killed ComfyUI because the container’s memory limit of 16 GiB was reached; 3.0 s before, ComfyUI had 15 GiB.',
  )
  expect(found.remedy).toContain('--memory')
  expect(found.remedy).toContain('COMFY_ARGS=--cache-none')
})

test('a kill for lack of memory that no limit of the container made names the machine', () => {
  const killed = { ending: { code: null, signal: 'SIGKILL' } as const, limitBytes: 16 * 1024 ** 3 }

  expect(causeOf(anEvidence({ ...killed, ooms: { kills: 1, atLimit: 0 } })).summary).toContain(
    'machine’s memory of 64 GiB',
  )
  expect(causeOf(anEvidence({ ...killed, ooms: { kills: 1, atLimit: undefined } })).summary).toContain(
    'limit of 16 GiB',
  )
  expect(
    causeOf(anEvidence({ ...killed, limitBytes: undefined, ooms: { kills: 2, atLimit: 5 } })).summary,
  ).toContain('machine’s memory of 64 GiB')
  expect(
    causeOf(anEvidence({ ...killed, limitBytes: 128 * 1024 ** 3, ooms: { kills: 1, atLimit: undefined } }))
      .summary,
  ).toContain('machine’s memory of 64 GiB')
})

test('a kill without lack of memory was sent by somebody', () => {
  const ending = { code: null, signal: 'SIGKILL' } as const

  const found = causeOf(anEvidence({ ending, uptimeMs: 7_260_000 }))
  expect(found).toMatchObject({
    cause: 'killed',
    summary: 'ComfyUI was killed (SIGKILL) after 2 h 1 min, and not for lack of memory in this container.',
  })
  const unknown = causeOf(anEvidence({ ending, ooms: undefined }))
  expect(unknown).toMatchObject({ cause: 'killed' })
  expect(unknown.summary).toContain('cannot be seen')
})

test('what ComfyUI said before a kill does not explain the kill', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGKILL' },
      said: said('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.'),
    }),
  )

  expect(found.cause).toBe('killed')
})

test('a process that ends just after the kernel killed one of its own is told as lack of memory', () => {
  const found = causeOf(
    anEvidence({ ending: { code: 7, signal: null }, ooms: { kills: 1, atLimit: undefined } }),
  )

  expect(found.cause).toBe('out-of-memory')
  expect(found.summary).toMatch(/^The kernel killed a process of ComfyUI’s, which then ended, because /)
})

test('a signal from outside is told as sent', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGTERM' },
      said: said('CUDA error: unspecified launch failure'),
    }),
  )

  expect(found.cause).toBe('signal')
  expect(found.summary).toBe('ComfyUI was ended by SIGTERM after 12 s; comfy-init did not send it.')
})

test('a native crash names the signal, the custom node and the place that Python’s faulthandler tells', () => {
  const frames = Array.from(
    { length: 30 },
    (_, at) => `  File "/workspace/ComfyUI/execution.py", line ${at} in f`,
  )
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGSEGV' },
      said: said(`
Fatal Python error: Segmentation fault

Thread 0x00007fe42a2a66c0 (most recent call first):
  File "/workspace/custom_nodes/another/wait.py", line 982 in run

Current thread 0x00007f1c2b7fe640 (most recent call first):
  File "/opt/venv/lib/python3.12/site-packages/torch/_ops.py", line 1116 in __call__
  File "/workspace/ComfyUI/custom_nodes/rgthree/py/native.py", line 31 in call
${frames.join('\n')}

Extension modules: numpy._core, /custom_nodes/third/ (total: 2)
`),
    }),
  )

  expect(found.cause).toBe('signal')
  expect(found.summary).toContain('SIGSEGV, in /workspace/ComfyUI/custom_nodes/rgthree/py/native.py line 31)')
  expect(found.remedy).toContain('custom_nodes/rgthree.disabled')
})

test('a custom node in the stack of another thread is not blamed for a crash', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGSEGV' },
      said: said(`
Current thread 0x00007f1c2b7fe640 (most recent call first):
  File "/workspace/ComfyUI/comfy/ops.py", line 31 in call

Thread 0x00007fe42a2a66c0 (most recent call first):
  File "/workspace/custom_nodes/another/wait.py", line 982 in run
`),
    }),
  )

  expect(found.summary).toContain('SIGSEGV, in /workspace/ComfyUI/comfy/ops.py line 31)')
  expect(found.remedy).not.toContain('another')
})

test('what CUDA said before all the stacks is why it crashed', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGABRT' },
      said: said(`
CUDA error: an illegal memory access was encountered
Fatal Python error: Aborted

Current thread 0x00007f1c2b7fe640 (most recent call first):
${'  File "/a.py", line 1 in f\n'.repeat(40)}`),
    }),
  )

  expect(found.cause).toBe('cuda-error')
})

test.each([
  ['SIGBUS', '--shm-size'],
  ['SIGILL', 'lscpu'],
  ['SIGFPE', '--disable-all-custom-nodes'],
] as const)('a crash by %s has its own advice', (signal, advice) => {
  const found = causeOf(anEvidence({ ending: { code: null, signal } }))

  expect(found.summary).toContain(`crashed in native code (${signal})`)
  expect(found.remedy).toContain(advice)
})

test('an abort tells what the C++ library said', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGABRT' },
      said: said(
        "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc",
      ),
    }),
  )

  expect(found.summary).toContain('(SIGABRT) after 12 s: std::bad_alloc.')
})

test('an abort that CUDA made is an error of CUDA', () => {
  const found = causeOf(
    anEvidence({
      ending: { code: null, signal: 'SIGABRT' },
      said: said(
        "terminate called after throwing an instance of 'c10::Error'\n  what():  CUDA error: an illegal memory access was encountered",
      ),
    }),
  )

  expect(found.cause).toBe('cuda-error')
  expect(found.summary).toContain('an illegal memory access was encountered')
})

test('what nothing explains is told as it is', () => {
  expect(
    causeOf(anEvidence({ ending: { code: 7, signal: null }, said: said('[INFO] Starting server') })),
  ).toEqual({
    cause: 'exit',
    summary: 'ComfyUI ended with exit code 7 after 12 s.',
  })
  expect(
    causeOf(anEvidence({ ending: { code: 0, signal: null }, said: said('CUDA out of memory') })),
  ).toEqual({
    cause: 'exit',
    summary: 'ComfyUI ended with exit code 0 after 12 s, by itself.',
  })
})

test('a GPU that had been found lost explains an exit without words, and no kill', () => {
  const lost = { isGpuLost: true }

  expect(causeOf(anEvidence(lost)).cause).toBe('gpu-lost')
  expect(causeOf(anEvidence({ ...lost, ending: { code: null, signal: 'SIGSEGV' } })).cause).toBe('gpu-lost')
  expect(causeOf(anEvidence({ ...lost, ending: { code: null, signal: 'SIGKILL' } })).cause).toBe('killed')
})

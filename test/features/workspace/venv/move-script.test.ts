import { expect, test } from 'vitest'
import { moveScript } from '../../../../src/features/workspace/venv/move-script.ts'

const MOVE = { from: '/opt/ComfyUI', to: '/workspace/ComfyUI' }
const BODY = 'import sys\nsys.exit(0)\n'
const LONG = `/workspace/${'long/'.repeat(25)}ComfyUI`

test('a script’s interpreter is moved, with its arguments', () => {
  expect(moveScript(`#!/opt/ComfyUI/venv/bin/python -E\n${BODY}`, MOVE)).toBe(
    `#!/workspace/ComfyUI/venv/bin/python -E\n${BODY}`,
  )
})

test('another interpreter stays, and paths in the script are moved', () => {
  expect(moveScript('#!/bin/sh\nexec /opt/ComfyUI/venv/bin/python "$@"\n', MOVE)).toBe(
    '#!/bin/sh\nexec /workspace/ComfyUI/venv/bin/python "$@"\n',
  )
  expect(moveScript('#!/usr/bin/env -S /opt/ComfyUI/venv/bin/python -B\n', MOVE)).toBe(
    '#!/usr/bin/env -S /workspace/ComfyUI/venv/bin/python -B\n',
  )
})

test.each([
  [LONG, `${LONG}/venv/bin/python3.12`],
  ['/my work/ComfyUI', '"/my work/ComfyUI/venv/bin/python3.12"'],
])('a first line that kernels would cut becomes the longer form: %s', (to, word) => {
  const moved = moveScript(`#!/opt/ComfyUI/venv/bin/python3.12\n${BODY}`, { from: '/opt/ComfyUI', to })
  expect(moved).toBe(`#!/bin/sh\n'''exec' ${word} "$0" "$@"\n' '''\n${BODY}`)
})

test('a long first line of another program is left long', () => {
  const moved = moveScript('#!/opt/ComfyUI/venv/bin/node\n', { from: '/opt/ComfyUI', to: LONG })
  expect(moved).toBe(`#!${LONG}/venv/bin/node\n`)
})

test.each([
  '/opt/ComfyUI/venv/bin/python',
  '"/opt/ComfyUI/venv/bin/python"',
  "'/opt/ComfyUI/venv/bin/python'",
])('the longer form is moved, however its path is quoted: %s', (word) => {
  const text = `#!/bin/sh\n'''exec' ${word} "$0" "$@"\n' '''\n${BODY}`
  const moved = `#!/bin/sh\n'''exec' /workspace/ComfyUI/venv/bin/python "$0" "$@"\n' '''\n${BODY}`
  expect(moveScript(text, MOVE)).toBe(moved)
  expect(moveScript(moved, MOVE)).toBe(moved)
  expect(moveScript(text, { from: '/opt/ComfyUI', to: '/my work' })).toContain(
    `exec' "/my work/venv/bin/python" "$0"`,
  )
})

test('of a script with binary data behind it only the head is moved', () => {
  const data = 'PK\0\x03/opt/ComfyUI/x\xff'
  expect(moveScript(`#!/opt/ComfyUI/venv/bin/python\n${data}`, MOVE)).toBe(
    `#!/workspace/ComfyUI/venv/bin/python\n${data}`,
  )
  expect(moveScript(`#!/bin/sh\n${data}`, MOVE)).toBe(`#!/bin/sh\n${data}`)
})

import { expect, test } from 'vitest'
import { movePaths } from '../../../../src/features/workspace/venv/move-paths.ts'

const MOVE = { from: '/opt/ComfyUI', to: '/workspace/ComfyUI' }

function plain(text: string, move = MOVE): string {
  return movePaths(text, move, 'plain')
}

test.each([
  ['/opt/ComfyUI', '/workspace/ComfyUI'],
  ['home = /opt/ComfyUI/.python/bin\n', 'home = /workspace/ComfyUI/.python/bin\n'],
  ['a\n/opt/ComfyUI/x\n/opt/ComfyUI\n', 'a\n/workspace/ComfyUI/x\n/workspace/ComfyUI\n'],
  ["MAPPING = {'a': '/opt/ComfyUI/a'}", "MAPPING = {'a': '/workspace/ComfyUI/a'}"],
  ['PATH=/usr/bin:/opt/ComfyUI/venv/bin:/bin', 'PATH=/usr/bin:/workspace/ComfyUI/venv/bin:/bin'],
  ['"url": "file:///opt/ComfyUI/x"', '"url": "file:///workspace/ComfyUI/x"'],
])('a whole path is moved: %j', (text, moved) => {
  expect(plain(text)).toBe(moved)
})

test.each([
  '/opt/ComfyUI-2/x',
  '/opt/ComfyUI2',
  '/opt/ComfyUI.old/x',
  '/opt/ComfyUI%20b',
  '/opt/ComfyUI\xe9/x',
  '/mnt/opt/ComfyUI/x',
  '~/opt/ComfyUI',
  '$ROOT/opt/ComfyUI $(pwd)/opt/ComfyUI',
  `$${'{ROOT}'}/opt/ComfyUI`,
  'https://host/opt/ComfyUI/x',
  '../opt/ComfyUI',
])('another path stays: %j', (text) => {
  expect(plain(text)).toBe(text)
})

test('doing it twice changes nothing more, also where the new place lies below the old one', () => {
  const move = { from: '/workspace', to: '/workspace/ComfyUI' }
  const once = plain('/workspace/venv:/workspace', move)
  expect(once).toBe('/workspace/ComfyUI/venv:/workspace/ComfyUI')
  expect(plain(once, move)).toBe(once)
})

test('names that mean something to a pattern or in a replacement are taken as they are', () => {
  const move = { from: '/a+b(c)/$&', to: '/d$&$1' }
  expect(plain('x /a+b(c)/$&/y', move)).toBe('x /d$&$1/y')
})

test('paths that are not ASCII are found by their bytes', () => {
  const bytes = (text: string) => Buffer.from(text).toString('latin1')
  expect(plain(bytes('/opt/é/x'), { from: '/opt/é', to: '/ws/ü' })).toBe(bytes('/ws/ü/x'))
})

test('a URL has its path in percent', () => {
  const move = { from: '/opt/Comfy UI', to: "/work's é" }
  expect(movePaths('"file:///opt/Comfy%20UI/x"', move, 'url')).toBe('"file:///work%27s%20%C3%A9/x"')
})

test('a path with blanks is escaped in a program, unless quotes are around it', () => {
  const move = { from: '/opt/ComfyUI', to: '/my work' }
  const program = (text: string) => movePaths(text, move, 'program')
  expect(program('VIRTUAL_ENV=/opt/ComfyUI/venv\n')).toBe('VIRTUAL_ENV=/my\\ work/venv\n')
  expect(program('VIRTUAL_ENV="/opt/ComfyUI/venv"\n')).toBe('VIRTUAL_ENV="/my work/venv"\n')
  expect(program(`a='b' c="x:/opt/ComfyUI" d=/opt/ComfyUI`)).toBe(`a='b' c="x:/my work" d=/my\\ work`)
})

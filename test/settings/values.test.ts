import { expect, test } from 'vitest'
import { safeParse } from 'zod/mini'
import { optionKeys, optionOf } from '../../src/settings/settings.ts'
import {
  duration,
  durationText,
  hidden,
  mask,
  maskText,
  onOff,
  path,
  paths,
  words,
} from '../../src/settings/values.ts'

test.each([
  [path, '/a//b/./c/../d/', '/a/b/d'],
  [path, '/', '/'],
  [path, '/..', '/'],
  [paths, '/a: /b/ ::/a', ['/a', '/b']],
  [paths, '["/a:b"]', ['/a:b']],
  [words, 'a, b\n c,,a', ['a', 'b', 'c']],
  [duration, '8', 8000],
  [duration, '0.5', 500],
  [duration, '500ms', 500],
  [duration, '2m', 120_000],
  [mask, '022', 18],
  [mask, '7', 7],
  [onOff, 'TRUE', true],
  [onOff, '0', false],
])('%# %s is taken', (schema, text, value) => {
  expect(safeParse(schema, text)).toEqual({ success: true, data: value })
})

test.each([
  [path, 'a'],
  [path, '/a\nb'],
  [path, ''],
  [paths, '/a:b'],
  [duration, '-1'],
  [duration, '1h'],
  [mask, '0o22'],
  [onOff, ''],
  [hidden, ''],
  [hidden, 'a\nb'],
])('%# %j is refused', (schema, text) => {
  expect(safeParse(schema, text).success).toBe(false)
})

test('what is shown can be written again', () => {
  expect([0, 1, 999, 1000, 1500, 120_000].map((ms) => safeParse(duration, durationText(ms)).data)).toEqual([
    0, 1, 999, 1000, 1500, 120_000,
  ])
  expect([0, 2, 0o22, 0o77].map((bits) => safeParse(mask, maskText(bits)).data)).toEqual([0, 2, 0o22, 0o77])
})

test('every message goes on from «it must»', () => {
  const bad = ['\u0000', '', '[1]', 'a b c ?', '999999999999', '-1', '"']
  const messages = optionKeys.flatMap((key) =>
    bad.flatMap((text) => safeParse(optionOf(key).schema, text).error?.issues[0]?.message ?? []),
  )
  expect(messages.length).toBeGreaterThan(100)
  expect(messages.filter((each) => !each.startsWith('must '))).toEqual([])
})

test('no two options share a name, an alias or a flag', () => {
  const all = optionKeys.map(optionOf)
  const names = all.flatMap((each) => [each.env, ...(each.aliases ?? [])])
  const flags = all.map((each) => each.flag)

  expect(new Set(names).size).toBe(names.length)
  expect(new Set(flags).size).toBe(flags.length)
})

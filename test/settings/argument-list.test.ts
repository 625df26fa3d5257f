import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { joinArguments, splitArguments } from '../../src/settings/argument-list.ts'

test.each([
  ['', []],
  ['  --a   b ', ['--a', 'b']],
  ['--a\n  --b\t--c', ['--a', '--b', '--c']],
  ["'two words' x", ['two words', 'x']],
  ['"two words"', ['two words']],
  ['a"b c"\'d e\'f', ['ab cd ef']],
  ['""', ['']],
  ["--a ''", ['--a', '']],
  ['two\\ words', ['two words']],
  ['a\\\\b', ['a\\b']],
  ['"a\\"b\\\\c"', ['a"b\\c']],
  ["'a\\b'", ['a\\b']],
  ['"\\$X \\`y\\` \\n"', ['$X `y` \\n']],
  ['"a > b | c; d & (e)"', ['a > b | c; d & (e)']],
  ['a\\>b', ['a>b']],
  ['--a \\\n --b', ['--a', '--b']],
  ['a\\\nb', ['ab']],
])('%j is split as a shell splits it', (text, args) => {
  expect(splitArguments(text)).toEqual(args)
  expect(byShell(text)).toEqual(args)
})

test.each([
  ['$X $(x', { must: 'must not hold «(» outside quotes' }],
  ['$X $\u007bHOME} "$X"', ['$X', '$\u007bHOME}', '$X']],
  ['*.png ? [a-z] ~ x#y #z', ['*.png', '?', '[a-z]', '~', 'x#y', '#z']],
])('%j is not expanded', (text, args) => {
  expect(splitArguments(text)).toEqual(args)
})

test.each([
  ['a | b', 'must not hold «|» outside quotes'],
  ['a&&b', 'must not hold «&» outside quotes'],
  ['a;b', 'must not hold «;» outside quotes'],
  ['a >b', 'must not hold «>» outside quotes'],
  ['a < b', 'must not hold «<» outside quotes'],
  ["a 'b", "must close every quote; one ' is left open"],
  ['a"b\\"', 'must close every quote; one " is left open'],
  ['a \\', 'must not end with a backslash'],
])('%j is refused', (text, must) => {
  expect(splitArguments(text)).toEqual({ must })
})

test('a long text of backslashes and quotes is split at once', () => {
  expect(splitArguments(`"${'\\\\'.repeat(50_000)}"`)).toEqual(['\\'.repeat(50_000)])
  expect(splitArguments(`"${'\\\\'.repeat(50_000)}`)).toHaveProperty('must')
})

test('arguments that are joined are split into the same again', () => {
  const args = ['--a', '', 'two words', "it's", '$X', 'a|b', '"', '\\', '[x', 'üñí', 'x=1,2']
  expect(splitArguments(joinArguments(args))).toEqual(args)
})

// A line end would end the list of `for`, so only those that continue a line are kept.
function byShell(text: string): readonly string[] {
  const out = execFileSync('/bin/sh', [
    '-fc',
    `for a in ${text.replace(/(?<!\\)\n/g, ' ')}\ndo printf '%s\\0' "$a"; done`,
  ])
  return out.toString().split('\0').slice(0, -1)
}

import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { redact, secret } from '../../src/base/secret.ts'

test('a secret shows itself to nothing but reveal', () => {
  const it = secret('hunter2')
  const shown = [String(it), `${it}`, JSON.stringify({ it }), inspect({ it }), format('%s %o %j', it, it, it)]

  expect(it.reveal()).toBe('hunter2')
  expect(shown.join()).not.toContain('hunter2')
  expect(shown[2]).toBe('{"it":"***"}')
  expect(Object.isFrozen(it)).toBe(true)
})

test('known secrets are taken out of a text wherever they stand', () => {
  expect(redact('a hunter2b hunter2', [secret('hunter2')])).toBe('a ***b ***')
})

test('an empty secret masks nothing', () => {
  expect(redact('text', [secret('')])).toBe('text')
})

test.each([
  ['https://me:pw@host/x', 'https://***@host/x'],
  ['https://token@host/x and http://a:b@c', 'https://***@host/x and http://***@c'],
  ['https://host/a@b', 'https://host/a@b'],
  ['git@host:me/x', 'git@host:me/x'],
])('%s is shown as %s', (text, shown) => {
  expect(redact(text)).toBe(shown)
})

test.each([
  ['https://user:p@ss@host/x', 'https://***@host/x'],
  ['https://user:pa/ss@host/x', 'https://***@host/x'],
  ['say https://user:pa/ss@host/x,a@b:c:8080/d', 'say https://***@b:c:8080/d'],
  ['ftp://h:80/x https://user:pa/ss@h', 'ftp://h:80/x https://***@h'],
  ['https://host:8080/a@b', 'https://host:8080/a@b'],
  ['https://host/x?access_token=abc&b=c', 'https://host/x?access_token=***&b=***'],
])('%s is shown as %s', (text, shown) => {
  expect(redact(text)).toBe(shown)
})

test('what only looks like the beginning of an address is looked at once, however long the line', () => {
  const line = 'a://b:'.repeat(100_000)

  expect(redact(line)).toBe(line)
  expect(redact(`x@y${line}`)).toBe(`x@y${line}`)
})

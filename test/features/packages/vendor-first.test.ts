import { expect, test } from 'vitest'
import type { Installer, Outcome } from '../../../src/features/packages/installer.ts'
import { vendorFirst } from '../../../src/features/packages/vendor-first.ts'

const ASKED = { lines: ['a'], constraints: [] }
const FOUND: Outcome = { kind: 'ok', pins: [{ name: 'a', version: '1' }] }
const MISSING: Outcome = { kind: 'unsolved', said: 'a is not there.' }

function installer(answer: Outcome, asked: string[], name: string): Installer {
  const act = async () => {
    asked.push(name)
    return answer
  }
  return { name: 'uv', resolve: act, install: act }
}

test('what the image brings along is taken without asking anybody else', async () => {
  const asked: string[] = []
  const both = vendorFirst(installer(FOUND, asked, 'near'), installer(MISSING, asked, 'far'))

  expect(await both.resolve(ASKED)).toBe(FOUND)
  expect(await both.install([], '/python')).toBe(FOUND)
  expect(asked).toEqual(['near', 'near'])
})

test('what it does not bring is asked for, and what the index says then counts', async () => {
  const asked: string[] = []
  const both = vendorFirst(installer(MISSING, asked, 'near'), installer(FOUND, asked, 'far'))

  expect(await both.resolve(ASKED)).toBe(FOUND)
  expect(asked).toEqual(['near', 'far'])
})

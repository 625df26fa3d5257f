import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pages } from '../../scripts/docs/pages.ts'
import { placeholder } from '../../scripts/docs/placeholder.ts'
import { catalogue } from '../../src/base/catalogue.ts'
import { optionKeys, optionOf } from '../../src/settings/settings.ts'

const REFERENCE = join(import.meta.dirname, '../../docs/reference')

test.each(pages())('docs/reference/$file is what npm run docs makes', ({ file, text }) => {
  expect(readFileSync(join(REFERENCE, file), 'utf8')).toBe(text)
})

test('the settings page has every option and nothing else', () => {
  const page = readFileSync(join(REFERENCE, 'settings.md'), 'utf8')
  const headings = [...page.matchAll(/^### (.+)$/gm)].map((each) => each[1])

  expect(headings.toSorted()).toEqual(optionKeys.map((key) => optionOf(key).env).toSorted())
})

test('the settings page has every alias and every file form of a secret', () => {
  const page = readFileSync(join(REFERENCE, 'settings.md'), 'utf8')
  const names = optionKeys.map(optionOf).flatMap(({ env, aliases = [], secret }) => {
    const all = [env, ...aliases]
    return [...aliases, ...(secret ? all.map((each) => `${each}_FILE`) : [])]
  })

  expect(names.filter((each) => !page.includes(`\`${each}\``))).toEqual([])
})

test('the problems page has every code and nothing else', () => {
  const page = readFileSync(join(REFERENCE, 'problems.md'), 'utf8')
  const headings = [...page.matchAll(/^## (.+)$/gm)].map((each) => each[1])

  expect(headings).toEqual(Object.keys(catalogue).toSorted())
})

test('the problems page shows no trace of details that it does not have', () => {
  const page = readFileSync(join(REFERENCE, 'problems.md'), 'utf8')
  expect(page).not.toMatch(/undefined|\[object|NaN/)
})

test('a placeholder reads as a text, a number, a list and an object', () => {
  const { size, list, who } = placeholder('details') as {
    size: number
    list: readonly string[]
    who: { readonly uid: number }
  }

  expect(`${size} ${list.join(', ')} ${who.uid} ${list.length > 1} ${size / 2 > 1000}`).toBe(
    '<size> <list> <uid> true true',
  )
  expect([...list].map((each) => `${each}!`)).toEqual(['<list>!'])
  expect(list.map((each) => `--${each}`)).toEqual(['--<list>'])
})

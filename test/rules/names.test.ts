import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { sources } from './source.ts'

const EMPTY_NAMES = /^(utils?|helpers?|common|misc|types?|managers?|index)\.ts$/

test('file names are kebab-case and say what is inside', () => {
  const wrong = sources('src', 'scripts', 'test').filter(({ path }) => {
    const name = basename(path)
    return EMPTY_NAMES.test(name) || !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|story\.test))?\.ts$/.test(name)
  })
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('there are no type holes and no silenced rules', () => {
  const holes = sources('src', 'scripts', 'test').flatMap(({ path, text }) => {
    const found = /(:\s*any\b|\bas any\b|@ts-(ignore|nocheck|expect-error)|biome-ignore|eslint-disable)/.exec(
      text,
    )
    return found === null || path === 'test/rules/names.test.ts' ? [] : [`${path}: ${found[0]}`]
  })
  expect(holes).toEqual([])
})

test('every export has a sentence above it', () => {
  const bare = sources('src').flatMap(({ path, text }) => {
    const lines = text.split('\n')
    return lines.flatMap((line, at) => {
      const name = /^export (?:async )?(?:function|const|type|class) (\w+)/.exec(line)?.[1]
      return name === undefined || /\*\/\s*$/.test(lines[at - 1] ?? '') ? [] : [`${path} ${name}`]
    })
  })
  expect(bare).toEqual([])
})

test('messages begin with «Cannot», never beg and never shout', () => {
  const wrong = sources('src').flatMap(({ path, text }) => {
    const found =
      /(['"`])[^'"`\n]*\b([Pp]lease|[Ff]ailed to|[Oo]ops)\b/.exec(text) ??
      /['"`][A-Z][^'"`\n]*[a-z]!['"`]/.exec(text)
    return found === null ? [] : [`${path}: ${found[0]}`]
  })
  expect(wrong).toEqual([])
})

test('no test is skipped or runs alone', () => {
  const wrong = sources('test').filter(
    ({ path, text }) =>
      path !== 'test/rules/names.test.ts' && /\b(test|it|describe)\.(skip|only|todo)\b/.test(text),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

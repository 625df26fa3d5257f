import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sources, TOP } from './source.ts'

const linesOf = (text: string) => text.split('\n').length - 1

test('no file is longer than 250 lines', () => {
  const long = sources('src', 'scripts', 'test').filter(({ text }) => linesOf(text) > 250)
  expect(long.map(({ path, text }) => `${path} ${linesOf(text)}`)).toEqual([])
})

test('the boot can be read aloud: at most 60 lines, and the entry at most 40', () => {
  for (const [file, most] of [
    ['src/app/boot.ts', 60],
    ['src/main.ts', 40],
  ] as const) {
    expect(existsSync(join(TOP, file)), file).toBe(true)
    expect(linesOf(readFileSync(join(TOP, file), 'utf8')), file).toBeLessThanOrEqual(most)
  }
})

test('no function is longer than 50 lines', () => {
  const long = sources('src').flatMap(({ path, text }) =>
    longFunctions(text).map((name) => `${path} ${name}`),
  )
  expect(long).toEqual([])
})

// A function starts at the margin and ends at the next closing brace at the margin: the formatter guarantees it.
function longFunctions(text: string): readonly string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, start) => {
    const name = /^(?:export )?(?:async )?function (\w+)/.exec(line)?.[1]
    if (name === undefined) return []
    const length = lines.slice(start).indexOf('}') + 1
    return length > 50 ? [`${name} ${length}`] : []
  })
}

import { expect, test } from 'vitest'
import { importsOf, type Source, sources } from './source.ts'

const FLOORS: Readonly<Record<string, number>> = {
  base: 0,
  host: 1,
  engine: 2,
  facts: 2,
  settings: 2,
  features: 3,
  app: 4,
  cli: 5,
  http: 5,
}

/** The one door of each library. */
const LIBRARIES: Readonly<Record<string, RegExp>> = {
  execa: /^src\/host\/exec\.ts$/,
  fastify: /^src\/http\//,
  'prom-client': /^src\/http\/exposition\.ts$/,
  'zod/mini': /^src\/(settings|http|features\/nodes)\//,
  yaml: /^src\/(settings\/|facts\/yaml-value\.ts$|features\/nodes\/manifest\/edit\.ts$)/,
  commander: /^src\/cli\//,
  yauzl: /^src\/host\/archive/,
}

const EFFECTS = /^node:(fs|child_process|net|http|https|os|worker_threads|dgram|tls|sea)(\/|$)/
const GLOBALS =
  /\bprocess\.(env|exit|kill|on|stdout|stderr|setuid|execve)\b|\bDate\.now\b|\bnew Date\(\)|\bsetTimeout\(|\bfetch\(/

/** The room of a file: its folder below src/, and for features the feature's own. */
function roomOf(path: string): { readonly floor: number; readonly room: string } {
  const [, first = '', second = ''] = path.split('/')
  if (path === 'src/main.ts') return { floor: 6, room: 'main' }
  return { floor: FLOORS[first] ?? Number.NaN, room: first === 'features' ? `features/${second}` : first }
}

/** Imports of a file that go up, or sideways into another room of the same floor. */
function wrongImports(source: Source): readonly string[] {
  const here = roomOf(source.path)
  return importsOf(source)
    .filter((name) => name.startsWith('src/'))
    .filter((name) => {
      const there = roomOf(name)
      return !(there.floor < here.floor || there.room === here.room)
    })
    .map((name) => `${source.path} imports ${name}`)
}

test('imports go down only, and rooms of one floor do not import each other', () => {
  expect(sources('src').flatMap(wrongImports)).toEqual([])
})

test('an upward and a sideways import would be found', () => {
  const upward = { path: 'src/base/a.ts', text: "import { x } from '../app/boot.ts'" }
  const sideways = { path: 'src/features/nodes/a.ts', text: "import type { x } from '../models/plan.ts'" }
  const down = { path: 'src/app/a.ts', text: "import { x } from '../features/nodes/plan.ts'" }

  expect(wrongImports(upward)).toEqual(['src/base/a.ts imports src/app/boot.ts'])
  expect(wrongImports(sideways)).toEqual(['src/features/nodes/a.ts imports src/features/models/plan.ts'])
  expect(wrongImports(down)).toEqual([])
})

test('every source file lies in a room of the house', () => {
  expect(sources('src').filter(({ path }) => Number.isNaN(roomOf(path).floor))).toEqual([])
})

test('only host/ and main.ts touch the machine', () => {
  const outside = sources('src').filter(({ path }) => !/^src\/(host\/|main\.ts)/.test(path))
  const byImport = outside.flatMap((source) =>
    importsOf(source)
      .filter((name) => EFFECTS.test(name))
      .map((name) => `${source.path}: ${name}`),
  )
  // What lies in http/page/ is text that runs in a browser.
  const ours = outside.filter(({ path }) => !path.startsWith('src/http/page/'))
  const byGlobal = ours.flatMap(({ path, text }) =>
    GLOBALS.exec(text) === null ? [] : [`${path}: ${GLOBALS.exec(text)?.[0]}`],
  )

  expect([...byImport, ...byGlobal]).toEqual([])
})

test('a library comes in at its one door', () => {
  const strange = sources('src').flatMap((source) =>
    importsOf(source)
      .filter((name) => !/^(src\/|node:|package\.json$)/.test(name))
      .filter((name) => LIBRARIES[name]?.test(source.path) !== true)
      .map((name) => `${source.path} imports ${name}`),
  )
  expect(strange).toEqual([])
})

test('nothing starts a shell through an option', () => {
  expect(sources('src').filter(({ text }) => /\bshell:\s*(true|')/.test(text))).toEqual([])
})

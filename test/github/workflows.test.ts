import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TOP } from '../rules/source.ts'
import { complaintsOf } from './github-parser.ts'
import { jobsOf, stepsOf, unpinned, workflowFrom, workflows } from './workflow.ts'

const all = workflows()

test.each(all)('$name is a workflow that GitHub takes', async ({ name, text }) => {
  expect(await complaintsOf(text, name)).toEqual([])
})

test.each([
  ['an unknown key', 'timeout: 5', 'timeout'],
  ['an unknown permission', 'permissions: { packagez: write }', 'packagez'],
  ['an unknown context', 'timeout-minutes: $' + '{{ nope.is }}', 'nope'],
  ['a job that waits for nobody', 'needs: build', 'no dependencies'],
  ['a number that is none', 'timeout-minutes: soon', 'soon'],
])('%s is complained about', async (_, line, word) => {
  const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    ${line}\n    steps: [{ run: 'true' }]\n`
  expect((await complaintsOf(text)).join('\n')).toContain(word)
  expect(await complaintsOf(text.replace(`    ${line}\n`, ''))).toEqual([])
})

test('every action is pinned by its whole commit, and the comment names the version', () => {
  expect(all.flatMap(unpinned)).toEqual([])
  const one = { name: 'a.yml', text: 'uses: actions/checkout@v7\nuses: ./.github/workflows/ci.yml' }
  expect(unpinned(one)).toEqual(['a.yml: uses: actions/checkout@v7'])
})

test('an action has one commit in all workflows', () => {
  const used = new Set(stepsOf(all).flatMap(({ uses }) => (uses === undefined ? [] : [uses])))
  const names = [...used].map((each) => each.split('@')[0])
  expect(names.length).toBe(new Set(names).size)
})

test('a container is pinned by its digest', () => {
  const images = all.flatMap(({ text }) => [...text.matchAll(/(?:container|image): (\S+)$/gm)])
  expect(images.length).toBeGreaterThan(0)
  expect(images.filter(([, image = '']) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([])
})

test('every workflow starts with reading at most', () => {
  const more = all.filter(
    ({ permissions }) => permissions === undefined || Object.values(permissions).includes('write'),
  )
  expect(more.map(({ name }) => name)).toEqual([])
})

test('only what pushes an image or makes a release may write, and only that', () => {
  const writing = jobsOf(all).flatMap(({ where, permissions = {} }) => {
    const written = Object.keys(permissions).filter((name) => permissions[name] === 'write')
    return written.length > 0 ? [`${where}: ${written.join(' ')}`] : []
  })
  expect(writing).toEqual([
    'images.yml build: packages',
    'images.yml publish: packages id-token attestations',
    'release.yml images: packages id-token attestations',
    'release.yml release: contents id-token attestations',
  ])
})

test('what a pull request starts knows no secret', () => {
  const started = all.filter(({ on }) => Object.keys(on).some((event) => /^pull_request/.test(event)))
  expect(started.map(({ name }) => name)).toEqual(['ci.yml'])
  expect(started.filter(({ text }) => /secrets\b|github\.token|pull_request_target/.test(text))).toEqual([])
})

test('every job that runs has a time limit', () => {
  const endless = jobsOf(all).filter((job) => job.uses === undefined && job['timeout-minutes'] === undefined)
  expect(endless.map(({ where }) => where)).toEqual([])
})

test('no checkout leaves its credentials for later steps', () => {
  const checkouts = stepsOf(all).filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))
  expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([])
})

test('every npm script and every file that a workflow names is there', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')).scripts)
  const named = all.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name))
  expect(named.filter((name) => !scripts.includes(name ?? ''))).toEqual([])

  const paths = all.flatMap(({ text }) => [
    ...text.matchAll(/(?<=^|[\s./"])(?:\.github|\.ci|docker|scripts)\/[\w./-]+/gm),
  ])
  expect(paths.length).toBeGreaterThan(5)
  expect(paths.map(([path]) => path).filter((path) => !existsSync(join(TOP, path)))).toEqual([])
})

test('a workflow is read with its jobs and steps', () => {
  const one = workflowFrom('a.yml', 'on: push\njobs:\n  b: { steps: [{ run: ls }] }\n')
  expect(stepsOf([one])).toEqual([{ run: 'ls', where: 'a.yml b step 1' }])
})

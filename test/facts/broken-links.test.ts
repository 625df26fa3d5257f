import { mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { layoutOf } from '../../src/base/layout.ts'
import { lookLinks } from '../../src/facts/broken-links.ts'
import type { WorkspaceTree } from '../../src/facts/facts.ts'
import { realFs } from '../../src/host/fs.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { aMarker } from '../support/world.ts'
import { fill } from './left-volume.ts'

test.each([
  ['dangling', '/nothing/here'],
  ['loop', 'ComfyUI'],
  ['elsewhere', 'real'],
])('a link in ComfyUI’s place that is %s is found', async (fault, target) => {
  const workspace = await tempFolder()
  await mkdir(`${workspace}/real`)
  await fill(workspace, { ComfyUI: `→ ${target}` })

  expect(await look(workspace)).toEqual([
    { place: 'home', path: `${workspace}/ComfyUI`, target, fault, isOurs: false },
  ])
})

test('state folders that are links to nothing, in a circle or to a file are found, and others are not', async () => {
  const workspace = await tempFolder()
  await mkdir(`${workspace}/real`)
  await fill(workspace, {
    models: '→ /nothing/./models',
    user: '→ output',
    output: '→ user',
    input: '→ real',
    custom_nodes: '→ file',
    file: '',
    other: '→ nothing',
  })

  expect((await look(workspace)).map(({ path, fault, isOurs }) => [path, fault, isOurs])).toEqual([
    [`${workspace}/custom_nodes`, 'elsewhere', false],
    [`${workspace}/models`, 'dangling', true],
    [`${workspace}/output`, 'loop', false],
    [`${workspace}/user`, 'loop', false],
  ])
})

test('links that lead back to the folder they lie in are found, with both ways to write it', async () => {
  const workspace = await tempFolder()
  const home = `${workspace}/ComfyUI`
  await mkdir(`${home}/output`, { recursive: true })
  await mkdir(`${home}/models/loras`, { recursive: true })
  await mkdir(`${home}/elsewhere`)
  await fill(home, {
    'output/output': `→ ${home}/output`,
    'models/loras/loras': '→ ../loras',
    'models/models': '→ ../elsewhere',
  })

  const found = await look(workspace, { state: 'ours', marker: aMarker(), isLinked: false })
  expect(found.map(({ place, path }) => [place, path])).toEqual([
    ['inside', `${home}/output/output`],
    ['inside', `${home}/models/loras/loras`],
  ])
})

test('a workspace with nothing wrong, and one without anything, have none', async () => {
  const workspace = await tempFolder()
  expect(await look(workspace)).toEqual([])
  await fill(workspace, { 'models/loras/a': '', 'user/b': '' })
  expect(await look(workspace)).toEqual([])
})

function look(workspace: string, tree: WorkspaceTree = { state: 'absent' }) {
  return lookLinks(realFs(), { home: undefined }, { first: { layout: layoutOf(workspace) }, trees: { tree } })
}

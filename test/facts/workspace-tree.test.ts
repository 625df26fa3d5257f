import { expect, test } from 'vitest'
import { layoutOf, MARKER } from '../../src/base/layout.ts'
import { parseMarker } from '../../src/facts/parse-marker.ts'
import { lookTree } from '../../src/facts/workspace-tree.ts'
import { realFs } from '../../src/host/fs.ts'
import { type Leaf, treeOf } from '../support/world/tree-of.ts'

const MARKED = {
  layout: 1,
  image: '0.33.0-x',
  version: '0.33.0',
  from: '/opt/ComfyUI',
  adoptedAt: '2026-11-21T00:00:00Z',
}

async function look(entries: Record<string, Leaf>, mounted: readonly string[] = [], isStaged = false) {
  const workspace = await treeOf(entries)
  const points = mounted.map((name) => `${workspace}/${name}`)
  const tree = await lookTree(realFs(), workspace, {
    mountsInside: points,
    record: undefined,
    places: { record: '' },
    isStaged,
  })
  return JSON.parse(JSON.stringify(tree).replaceAll(workspace, ''))
}

test('nothing there is absent', async () => {
  expect(await look({ 'models/x': '' })).toEqual({ state: 'absent' })
})

test('an empty folder is empty', async () => {
  expect(await look({ ComfyUI: null })).toEqual({ state: 'empty' })
})

test('a tree with our marker is ours, also with mounts and an old staging folder', async () => {
  const entries = {
    [`ComfyUI/${MARKER}`]: JSON.stringify(MARKED),
    'ComfyUI/models': null,
  }
  expect(await look(entries, ['ComfyUI/models'], true)).toEqual({
    state: 'ours',
    marker: MARKED,
    isLinked: false,
  })
})

test('anything else is foreign: a tree, a file, a link to nowhere, a broken marker', async () => {
  expect(await look({ 'ComfyUI/main.py': '', 'ComfyUI/a': '' })).toEqual({
    state: 'foreign',
    found: ['a', 'main.py'],
  })
  expect(await look({ ComfyUI: 'text' })).toEqual({ state: 'foreign', found: ['ComfyUI (file)'] })
  expect(await look({ ComfyUI: { link: 'gone' } })).toEqual({ state: 'foreign', found: ['ComfyUI (link)'] })
  expect(await look({ [`ComfyUI/${MARKER}`]: '{"layout":1' })).toEqual({ state: 'foreign', found: [MARKER] })
})

test('a left staging folder with no tree, or an empty one, is torn', async () => {
  expect(await look({}, [], true)).toEqual({ state: 'torn' })
  expect(await look({ ComfyUI: null }, [], true)).toEqual({ state: 'torn' })
})

test('a folder that holds only mount points and what leads to them is empty, and they are named', async () => {
  const entries = { 'ComfyUI/models/checkpoints/big': '', 'ComfyUI/output/x.png': '' }
  const mounted = ['ComfyUI/models/checkpoints', 'ComfyUI/output']
  expect(await look(entries, mounted)).toEqual({
    state: 'empty',
    mounted: ['/ComfyUI/models/checkpoints', '/ComfyUI/output'],
  })
  expect(await look({ ...entries, 'ComfyUI/models/own': '' }, mounted)).toMatchObject({ state: 'foreign' })
})

test('an empty mount at the tree’s own place is empty and named', async () => {
  expect(await look({ ComfyUI: null }, ['ComfyUI'])).toEqual({ state: 'empty', mounted: ['/ComfyUI'] })
})

test('only a marker of this layout is ours', () => {
  expect(parseMarker(JSON.stringify(MARKED))).toEqual({ ...MARKED, commit: undefined })
  for (const text of [undefined, '', 'null', '[]', '1', '{"layout":2}', '{}'])
    expect(parseMarker(text)).toBeUndefined()
  expect(layoutOf('/w').home).toBe('/w/ComfyUI')
})

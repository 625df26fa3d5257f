import { mkdir, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { tempFolder } from '../support/temp-folder.ts'
import { COMFYUI, fill, lookAt, track } from './left-volume.ts'

test('a ComfyUI in its place is to be taken over, and nothing is to be moved', async () => {
  const workspace = await tempFolder()
  await fill(`${workspace}/ComfyUI`, COMFYUI)
  await fill(workspace, {
    'start_user.sh': '',
    'venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.10.12\n',
    'ComfyUI/venv/pyvenv.cfg': '',
  })

  const found = await lookAt(workspace, { state: 'foreign' })
  expect(found).toMatchObject({ kind: 'tree', title: 'ValyrianTech/ComfyUI_with_Flux', parts: [] })
  expect(found?.tree).toMatchObject({ path: `${workspace}/ComfyUI`, missing: [], by: 'names' })
  expect(found?.tree?.source?.version).toBe('0.30.0')
  expect(found?.unused).toEqual([
    { path: `${workspace}/venv`, what: 'Python 3.10.12' },
    { path: `${workspace}/ComfyUI/venv`, what: 'a Python environment' },
  ])
})

test('a ComfyUI of which git misses files is half a tree, but for what is state, tests or texts', async () => {
  const workspace = await tempFolder()
  const tree = `${workspace}/ComfyUI`
  await fill(tree, COMFYUI)
  track(tree)
  const gone = ['main.py', 'comfy/utils.py', 'README.md', '.github', 'input', 'models', 'custom_nodes']
  for (const name of gone) await rm(`${tree}/${name}`, { recursive: true })

  expect((await lookAt(workspace, { state: 'foreign' }))?.tree).toEqual({
    ...{ path: tree, source: undefined, by: 'git', wanted: 11 },
    missing: ['comfy/utils.py', 'main.py'],
  })
})

test('without git, what each ComfyUI has is looked for', async () => {
  const workspace = await tempFolder()
  await fill(`${workspace}/ComfyUI`, COMFYUI)
  await rm(`${workspace}/ComfyUI/comfy/options.py`)

  const found = await lookAt(workspace, { state: 'foreign' })
  expect(found?.tree).toMatchObject({ missing: ['comfy/options.py'], by: 'names' })
})

test.each([
  [
    'runpod-workers/comfyui-base',
    { 'runpod-slim/comfyui_args.txt': '# one per line\n--lowvram\n' },
    'runpod-slim/ComfyUI',
    [['runpod-slim/ComfyUI', 'ComfyUI']],
  ],
  [
    'mmartial/comfyui-nvidia-docker',
    { 'run/venv/pyvenv.cfg': 'version_info = 3.12.3', 'basedir/models/loras/a': '', 'basedir/user/b': '' },
    'run/ComfyUI',
    [
      ['run/ComfyUI', 'ComfyUI'],
      ['basedir/models', 'ComfyUI/models'],
      ['basedir/user', 'ComfyUI/user'],
    ],
  ],
  [
    'YanWenKun/ComfyUI-Docker',
    {
      'storage/.local/lib/python3.12/x': '',
      'storage-models/models/loras/a': '',
      'storage-user/workflows/b.json': '',
      'storage-user/input/c': '',
      'storage-user/output/d': '',
    },
    'storage/ComfyUI',
    [
      ['storage/ComfyUI', 'ComfyUI'],
      ['storage-models/models', 'ComfyUI/models'],
      ['storage-user/workflows', 'ComfyUI/user/default/workflows'],
      ['storage-user/input', 'ComfyUI/input'],
      ['storage-user/output', 'ComfyUI/output'],
    ],
  ],
])('what %s leaves is recognised, and would be moved together', async (title, files, tree, moves) => {
  const workspace = await tempFolder()
  // A folder that was mounted over is empty where the tree lies.
  await fill(`${workspace}/${tree}`, { 'main.py': '', 'nodes.py': '' })
  for (const name of ['models', 'input', 'output', 'user/default/workflows'])
    await mkdir(`${workspace}/${tree}/${name}`, { recursive: true })
  if (title.startsWith('mmartial')) await rm(`${workspace}/${tree}/user`, { recursive: true })
  await fill(workspace, files)

  const found = await lookAt(workspace)
  expect(found?.title).toBe(title)
  expect(found?.parts).toEqual(
    moves.map(([from, to]) => ({ from: `${workspace}/${from}`, to: `${workspace}/${to}` })),
  )
  expect(found?.unused).toHaveLength(1)
})

test('state of a newer YanWenKun volume is moved to the workspace itself', async () => {
  const workspace = await tempFolder()
  await fill(workspace, {
    'comfy-nodes/custom_nodes/a/__init__.py': '',
    'storage-models/models/loras/a': '',
    'storage-user/user-profile/default/b': '',
  })

  const found = await lookAt(workspace)
  expect(found?.tree).toBeUndefined()
  expect(found?.parts.map(({ to }) => to)).toEqual(
    ['custom_nodes', 'models', 'user'].map((name) => `${workspace}/${name}`),
  )
})

test('one folder called data/models is no sign of anybody, two of state are', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/a': '' })
  expect(await lookAt(workspace)).toBeUndefined()

  await fill(workspace, { 'data/custom_nodes/b': '' })
  expect(await lookAt(workspace)).toMatchObject({ kind: 'pixeloven', parts: { length: 2 } })
})

test('state in the workspace itself is used where it is, and is ours once a boot of ours has ended there', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'user/default/a': '', 'models/b': '' })
  expect(await lookAt(workspace)).toMatchObject({ kind: 'flat', parts: [], tree: undefined })

  await mkdir(`${workspace}/.comfy-init`)
  expect(await lookAt(workspace)).toMatchObject({ kind: 'flat' })
  await fill(workspace, { '.comfy-init/report.json': '{}' })
  expect(await lookAt(workspace)).toBeUndefined()
})

test('what is in the way of a move is found', async () => {
  const workspace = await tempFolder()
  await fill(workspace, {
    'data/models/a': '',
    'data/user/b': '',
    'data/input/c': '',
    'data/output': '→ /srv',
    'data/custom_nodes/d': '',
    'models/mine': '',
  })
  await mkdir(`${workspace}/input`)
  const mounts = [`${workspace}/data/user/default`, `${workspace}/custom_nodes`]

  const found = await lookAt(workspace, { mounts })
  const obstacles = found?.parts.map(({ to, obstacle }) => [to.slice(workspace.length + 1), obstacle])
  expect(Object.fromEntries(obstacles ?? [])).toEqual({
    ...{ models: 'taken', user: 'mount', custom_nodes: 'mount', output: 'link', input: undefined },
  })
})

test('what lies where a moved tree has its own is in the way, and so is a second folder for one place', async () => {
  const workspace = await tempFolder()
  await fill(workspace, {
    'storage/ComfyUI/main.py': '',
    'storage/ComfyUI/nodes.py': '',
    'storage/ComfyUI/models/mine': '',
    'storage-models/models/a': '',
    'storage-user/user-profile/b': '',
    'storage-user/workflows/c': '',
  })

  expect(
    (await lookAt(workspace))?.parts.map(({ to, obstacle }) => [to.slice(workspace.length + 1), obstacle]),
  ).toEqual([
    ['ComfyUI', undefined],
    ['ComfyUI/models', 'taken'],
    ['ComfyUI/user', undefined],
    ['ComfyUI/user/default/workflows', 'second'],
  ])
})

test('a folder on another mount cannot be renamed', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/a': '', 'data/user/b': '' })

  const found = await lookAt(workspace, { mounts: [`${workspace}/data`] })
  expect(found?.parts.map(({ obstacle }) => obstacle)).toEqual(['filesystem', 'filesystem'])
})

test('moves that were begun are gone on with, whatever is left of the layout', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/a': '', 'custom_nodes/b': '' })
  const parts = ['custom_nodes', 'models'].map((name) => ({
    from: `${workspace}/data/${name}`,
    to: `${workspace}/${name}`,
  }))
  await mkdir(`${workspace}/.comfy-init`)
  const record = `${workspace}/.comfy-init/import.json`
  await writeFile(record, JSON.stringify({ layout: 1, kind: 'pixeloven', parts }))
  expect(await lookAt(workspace)).toMatchObject({ isBegun: true, parts: [parts[1]] })

  await writeFile(
    record,
    JSON.stringify({ layout: 1, kind: 'pixeloven', parts: [{ from: '/etc', to: '/x' }] }),
  )
  expect((await lookAt(workspace))?.parts).toEqual([])

  await writeFile(record, '{"layout":1')
  expect(await lookAt(workspace)).toMatchObject({ isBegun: false, parts: [] })
})

test('nothing is foreign beside a tree of ours, and a ComfyUI that runs where it is is not judged', async () => {
  const workspace = await tempFolder()
  await fill(`${workspace}/ComfyUI`, COMFYUI)
  await fill(workspace, { 'data/models/a': '', 'data/user/b': '' })

  expect(await lookAt(workspace, { state: 'ours' })).toBeUndefined()
  expect(await lookAt(workspace, { state: 'switching' })).toBeUndefined()
  expect(await lookAt(workspace, { state: 'foreign', home: `${workspace}/ComfyUI` })).toBeUndefined()
})

test('a folder that is no ComfyUI, and a link to one, are nobody’s tree', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'ComfyUI/main.py': '', 'ComfyUI/notes.txt': '' })
  expect(await lookAt(workspace, { state: 'foreign' })).toBeUndefined()

  await rm(`${workspace}/ComfyUI`, { recursive: true })
  await fill(`${workspace}/elsewhere`, COMFYUI)
  await fill(workspace, { ComfyUI: '→ elsewhere' })
  expect(await lookAt(workspace, { state: 'foreign' })).toBeUndefined()
})

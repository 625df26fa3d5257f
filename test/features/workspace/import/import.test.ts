import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Report } from '../../../../src/base/report.ts'
import { lookChanges } from '../../../../src/facts/look-changes.ts'
import { parseMarker } from '../../../../src/facts/parse-marker.ts'
import { planImport } from '../../../../src/features/workspace/import/plan.ts'
import { decidePlaces } from '../../../../src/features/workspace/places.ts'
import { type Host, realHost } from '../../../../src/host/host.ts'
import { COMFYUI, fill, lookAt, track } from '../../../facts/left-volume.ts'
import { cuttingHost, type When } from '../../../support/cutting-host.ts'
import { tempFolder } from '../../../support/temp-folder.ts'
import { listing } from '../../../support/tree-listing.ts'
import { aFacts, aMount, aSettings, aWorkspace } from '../../../support/world.ts'
import { applyOnce } from '../real-boot.ts'

const HOST = realHost()
const STEADY: Host = { ...HOST, clock: { ...HOST.clock, now: () => Date.UTC(2026, 10, 21) } }

test('a tree without git is taken over by a marker alone', async () => {
  const workspace = await tempFolder()
  await fill(`${workspace}/ComfyUI`, { ...COMFYUI, 'user/default/mine': '' })
  const before = await listing(workspace)

  await importAll(STEADY, workspace)

  const after = await listing(workspace)
  expect(after.filter((line) => !before.includes(line)).map((line) => line.split(' ')[0])).toEqual([
    'ComfyUI/.comfy-init.json',
  ])
  expect(before.filter((line) => !after.includes(line))).toEqual([])
  const marker = parseMarker(await readFile(`${workspace}/ComfyUI/.comfy-init.json`, 'utf8'))
  expect(marker).toMatchObject({ importedFrom: 'tree', version: '0.30.0', from: '/opt/ComfyUI' })
})

test('of a tree with git it is known what the person added and changed', async () => {
  const workspace = await tempFolder()
  const tree = `${workspace}/ComfyUI`
  await fill(tree, { ...COMFYUI, 'utils/old.py': '', latest: '→ main.py' })
  track(tree)
  await fill(tree, {
    'custom_nodes/mine/__init__.py': '',
    'models/loras/big.safetensors': '',
    'models/mine/a': '',
    'output/picture.png': '',
    'user/default/comfyui.db': '',
    'venv/bin/python': '',
    'comfy/added.py': '',
  })
  await writeFile(`${tree}/nodes.py`, 'nodes, changed\n')
  await writeFile(`${tree}/custom_nodes/example.py`, 'exampl€')
  await rm(`${tree}/README.md`)

  await importAll(STEADY, workspace)

  expect(await lookChanges(HOST.fs, tree, [])).toEqual({
    changed: ['nodes.py', 'README.md'],
    own: [
      ...['comfy/added.py', 'custom_nodes/example.py', 'custom_nodes/mine', 'models/loras/big.safetensors'],
      ...['models/mine', 'output', 'user', 'venv'],
    ],
  })
})

test('a tree that lies elsewhere is moved with all its folders, and nothing else is touched', async () => {
  const workspace = await aYanWenKunVolume()
  const before = await listing(workspace)

  await importAll(STEADY, workspace)

  expect(await readdir(workspace)).toEqual(
    expect.arrayContaining(['.comfy-init', 'ComfyUI', 'storage', 'storage-models', 'storage-user']),
  )
  const after = await listing(workspace)
  expect(after.filter((line) => !line.includes('.comfy-init')).map(withoutFolder)).toEqual(
    expect.arrayContaining(before.filter((line) => !/^[^ ]*\/ /.test(line)).map(withoutFolder)),
  )
  expect(existsSync(`${workspace}/.comfy-init/import.json`)).toBe(false)
  expect(existsSync(`${workspace}/ComfyUI/models/loras/a.safetensors`)).toBe(true)
})

test('state alone is moved to the workspace itself, which is known by its folder user', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/loras/a': 'a', 'data/output/b.png': 'b' })

  await importAll(STEADY, workspace)

  expect((await readdir(workspace)).sort()).toEqual(['.comfy-init', 'data', 'models', 'output', 'user'])
  expect(await readdir(`${workspace}/data`)).toEqual([])
})

test.each(['before', 'after'] as const)(
  'an import that is cut %s any operation is finished by the next boot',
  async (when: When) => {
    const uncut = await aYanWenKunVolume()
    await importAll(STEADY, uncut)
    const wanted = await listed(uncut)

    for (let n = 1; ; n++) {
      const workspace = await aYanWenKunVolume()
      const cutting = cuttingHost(STEADY, n, when)
      await importAll(cutting.host, workspace).catch(() => {})
      const wasCut = cutting.isCut()
      // The answer is not asked for again once the first folder may have been moved.
      const isBegun = existsSync(`${workspace}/.comfy-init/import.json`)
      const isMoved = existsSync(`${workspace}/ComfyUI/models/loras`)
      await importAll(STEADY, workspace, { importing: !isBegun && !isMoved })
      expect(await listed(workspace), `cut ${when} operation ${n}`).toEqual(wanted)
      if (!wasCut) return
    }
  },
)

test('what comes into the way at the last moment is not overwritten, and nothing is merged', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/loras/a': 'a', 'data/user/b': 'b' })
  const plan = await planFor(workspace, {})
  await fill(workspace, { 'models/mine': 'mine' })

  const report = await applyOnce(STEADY, plan)

  expect(codesOf(report)).toEqual(['IMPORT_NOT_MOVED'])
  expect(await readFile(`${workspace}/models/mine`, 'utf8')).toBe('mine')
  expect(await readFile(`${workspace}/data/models/loras/a`, 'utf8')).toBe('a')
  expect(await readFile(`${workspace}/data/user/b`, 'utf8')).toBe('b')
})

test('a folder that somebody has moved by hand since is passed over', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/loras/a': 'a', 'data/user/b': 'b' })
  const plan = await planFor(workspace, {})
  await rename(`${workspace}/data/models`, `${workspace}/models`)

  expect((await applyOnce(STEADY, plan)).verdict).toBe('healthy')
  expect(await readFile(`${workspace}/user/b`, 'utf8')).toBe('b')
})

test('a folder that is not ours to move is said with what to do about it', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/loras/a': 'a', 'data/input/b': 'b' })
  const plan = await planFor(workspace, {})
  const refuse = async () => {
    throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
  }

  const report = await applyOnce({ ...STEADY, fs: { ...STEADY.fs, rename: refuse } }, plan)

  expect(report.steps[0]?.problem?.in('docker').remedy).toMatch(/chown -R .* COMFY_UID=0/)
})

test('a folder of another filesystem is said, not copied', async () => {
  const workspace = await tempFolder()
  await fill(workspace, { 'data/models/loras/a': 'a', 'data/input/b': 'b' })
  const plan = await planFor(workspace, {})
  const refuse = async () => {
    throw Object.assign(new Error('EXDEV'), { code: 'EXDEV' })
  }

  const report = await applyOnce({ ...STEADY, fs: { ...STEADY.fs, rename: refuse } }, plan)

  expect(report.steps[0]?.problem?.details).toMatchObject({ code: 'EXDEV' })
  expect(await readFile(`${workspace}/data/models/loras/a`, 'utf8')).toBe('a')
})

test('a marker that cannot be written leaves the tree as it was', async () => {
  const workspace = await tempFolder()
  await fill(`${workspace}/ComfyUI`, COMFYUI)
  const before = await listing(workspace)
  const write = async () => {
    throw Object.assign(new Error('EROFS'), { code: 'EROFS' })
  }

  const report = await applyOnce({ ...STEADY, fs: { ...STEADY.fs, write } }, await planFor(workspace, {}))

  expect(codesOf(report)).toEqual(['IMPORT_NOT_MARKED'])
  expect(await listing(workspace)).toEqual(before)
})

// Only the last part of the path, mode, content and time: what a move must not change.
function withoutFolder(line: string): string {
  return line.replace(/^[^ ]*\//, '')
}

async function aYanWenKunVolume(): Promise<string> {
  const workspace = await tempFolder()
  const { 'models/loras/put_loras_here': _, 'input/example.png': __, ...code } = COMFYUI
  await fill(`${workspace}/storage/ComfyUI`, code)
  for (const name of ['models', 'input', 'output', 'user/default/workflows'])
    await mkdir(`${workspace}/storage/ComfyUI/${name}`, { recursive: true })
  await fill(workspace, {
    'storage/.local/lib/python3.12/site-packages/a.py': '',
    'storage/ComfyUI/user/default/comfy.settings.json': '{}',
    'storage-models/models/loras/a.safetensors': 'a',
    'storage-models/hf-hub/b': 'b',
    'storage-user/workflows/c.json': '{}',
    'storage-user/input/d.png': 'd',
  })
  return workspace
}

/** The listing without the marker's time and text: a cut after the last move forgets whose the tree was. */
async function listed(workspace: string): Promise<readonly string[]> {
  return (await listing(workspace)).map((line) => line.replace(/(\.comfy-init\.json).*/, '$1'))
}

type Wanted = { readonly importing?: boolean }

/** Looks, plans and applies, as boots do, until there is nothing to import. */
async function importAll(host: Host, workspace: string, wanted: Wanted = {}): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const plan = await planFor(workspace, wanted)
    if (plan.steps.length === 0) return
    const report = await applyOnce(host, plan)
    if (report.verdict === 'failed') throw new Error(JSON.stringify(report.problems))
  }
}

async function planFor(workspace: string, { importing = true }: Wanted) {
  const isOurs = existsSync(`${workspace}/ComfyUI/.comfy-init.json`)
  const isThere = existsSync(`${workspace}/ComfyUI`)
  const foreign = await lookAt(workspace, { state: isOurs ? 'ours' : isThere ? 'foreign' : 'absent' })
  const facts = aFacts({
    foreign,
    workspace: aWorkspace({ path: workspace, mount: aMount({ point: workspace }) }),
    nowMs: STEADY.clock.now(),
  })
  const settings = aSettings({ importing })
  const places = decidePlaces(settings, facts)
  const isState = foreign !== undefined && foreign.tree === undefined
  return planImport(settings, facts, isState ? { ...places, mode: 'link', base: workspace } : places)
}

function codesOf({ problems }: Report): readonly string[] {
  return problems.map(({ code }) => code)
}

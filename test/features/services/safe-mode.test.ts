import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import type { ServiceSpec } from '../../../src/base/service.ts'
import type { ImageTree } from '../../../src/facts/facts.ts'
import { comfyuiService } from '../../../src/features/services/comfyui.ts'
import { safeComfyui } from '../../../src/features/services/safe-mode.ts'
import { realHost } from '../../../src/host/host.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'
import { aFacts, anImage, aSettings } from '../../support/world.ts'

const HOST = realHost()

/** A custom_nodes folder; each file is written later than the one before by the filesystem's own clock. */
async function nodes(...files: readonly string[]): Promise<string> {
  const folder = `${await tempFolder()}/custom_nodes`
  await mkdir(folder)
  for (const file of files) await writeLater(`${folder}/${file}`)
  return folder
}

async function writeLater(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  const first = (await HOST.fs.look(path))?.ctimeMs ?? 0
  await until(async () => {
    await writeFile(path, 'x')
    return ((await HOST.fs.look(path))?.ctimeMs ?? 0) > first
  }, 'the clock to move on')
}

async function safe(customNodes: string, settings: Partial<Settings> = {}, image: Partial<ImageTree> = {}) {
  const places: Places = {
    mode: 'move',
    reason: 'a test',
    code: '/workspace/ComfyUI',
    base: '/workspace/ComfyUI',
    customNodes,
    models: '/workspace/ComfyUI/models',
    copies: false,
    layout: layoutOf('/workspace'),
  }
  const sources = { settings: aSettings(settings), facts: aFacts({ image: anImage(image) }), places }
  const { spec } = comfyuiService({ ...sources, env: {} })
  return { before: spec, ...(await safeComfyui(HOST, spec, sources)) }
}

const added = (before: ServiceSpec, after: ServiceSpec) => after.args.slice(before.args.length).join(' ')

test('by default all custom nodes are left out, and nothing else changes', async () => {
  const { before, spec, without } = await safe(await nodes('one/__init__.py'))
  expect({ ...spec, args: before.args }).toEqual(before)
  expect(added(before, spec)).toBe('--disable-all-custom-nodes')
  expect(without).toBe('its custom nodes')
})

test('the one that changed last is left out alone, whatever its folder was given later', async () => {
  const folder = await nodes('old/__init__.py', 'new/__init__.py', 'single.py', 'new/nodes.py')
  await writeLater(`${folder}/old/run.log`)
  await mkdir(`${folder}/old/__pycache__`)
  const { before, spec, without } = await safe(folder, { safeMode: 'newest' })
  expect(added(before, spec)).toBe('--disable-all-custom-nodes --whitelist-custom-nodes old single.py')
  expect(without).toBe('the custom node new, which changed last')
})

test('a new version of a clone counts, also where only deeper files changed', async () => {
  const folder = await nodes('clone/__init__.py', 'other/__init__.py', 'clone/.git/logs/HEAD')
  expect((await safe(folder, { safeMode: 'newest' })).without).toContain('node clone,')
})

test('files that were given an old time of change count by when they came', async () => {
  const folder = await nodes('one/__init__.py', 'unpacked/__init__.py')
  await utimes(`${folder}/unpacked/__init__.py`, 1_000_000_000, 1_000_000_000)
  expect((await safe(folder, { safeMode: 'newest' })).without).toContain('node unpacked,')
})

test('a linked node counts by what the link leads to', async () => {
  const image = await nodes('linked/__init__.py')
  const folder = await nodes('one/__init__.py')
  await symlink(`${image}/linked`, `${folder}/linked`)
  expect((await safe(folder, { safeMode: 'newest' })).without).toContain('node one,')
})

test('what ComfyUI does not load is neither left out nor kept', async () => {
  const folder = await nodes(
    'one/a.py',
    'two/a.py',
    'off.disabled/a.py',
    '.hidden/a.py',
    '__pycache__/a.py',
    'x.md',
  )
  const { before, spec } = await safe(folder, { safeMode: 'newest' })
  expect(added(before, spec)).toBe('--disable-all-custom-nodes --whitelist-custom-nodes one')
})

test('a name that would be taken for a flag is left out too', async () => {
  const folder = await nodes('--port/a.py', 'good/a.py', 'new/a.py')
  const { before, spec } = await safe(folder, { safeMode: 'newest' })
  expect(added(before, spec)).toBe('--disable-all-custom-nodes --whitelist-custom-nodes good')
})

test('the only node is left out without a list of others', async () => {
  const { before, spec } = await safe(await nodes('one/a.py'), { safeMode: 'newest' })
  expect(added(before, spec)).toBe('--disable-all-custom-nodes')
})

test.each([
  ['there is no folder', undefined, {}],
  ['there is no node', [], {}],
  ['no node tells when it changed', ['one/readme.txt'], {}],
  ['ComfyUI cannot keep some', ['one/a.py', 'two/a.py'], { flags: new Set(['--disable-all-custom-nodes']) }],
] as const)('all are left out where %s', async (_, files, image) => {
  const folder = files === undefined ? '/nowhere/custom_nodes' : await nodes(...files)
  const { spec, without } = await safe(folder, { safeMode: 'newest' }, image)
  expect(spec.args.at(-1)).toBe('--disable-all-custom-nodes')
  expect(without).toBe('its custom nodes')
})

test('nodes that the person keeps in any case are left out as well', async () => {
  const args = ['--whitelist-custom-nodes', 'one', 'two', '--fast', '--whitelist-custom-nodes=three']
  const { spec } = await safe(await nodes('one/a.py'), { args })
  expect(spec.args.join(' ')).not.toMatch(/whitelist|one|two|three/)
  expect(spec.args.slice(-2)).toEqual(['--fast', '--disable-all-custom-nodes'])
})

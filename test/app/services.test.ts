import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareServices } from '../../src/app/services.ts'
import { layoutOf, type Places } from '../../src/base/layout.ts'
import type { ImportRecord, NodeImport, OverlayRecord } from '../../src/base/node.ts'
import { OVERLAY_RECORD, overlaysIn } from '../../src/base/node-places.ts'
import type { Facts } from '../../src/facts/facts.ts'
import { OVERLAY_PATHS_FILE } from '../../src/facts/overlay-paths.ts'
import type { Mode } from '../../src/features/supervise/life.ts'
import { realHost } from '../../src/host/host.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { GOOD, writeNode } from '../support/node-trials.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'
import { aFacts, anImage, aPython, aSettings } from '../support/world.ts'

const HOST = realHost()
const SIGNAL = new AbortController().signal
const STANDIN = join(import.meta.dirname, '../support/comfyui')

/** An instance in link mode over the stand-in ComfyUI, with these nodes. */
async function anInstance(
  nodes: Readonly<Record<string, string>>,
  { settings: given = {}, facts = {} }: { settings?: Partial<Settings>; facts?: Partial<Facts> } = {},
) {
  const base = await tempFolder()
  const layout = layoutOf(base)
  for (const name of ['custom_nodes', 'user', 'input', 'output', '.comfy-init/nodes'])
    await mkdir(`${base}/${name}`, { recursive: true })
  for (const [folder, code] of Object.entries(nodes)) await writeNode(base, folder, code)
  const places: Places = {
    ...{ mode: 'link', reason: 'a test', code: STANDIN, base, customNodes: `${base}/custom_nodes` },
    ...{ models: `${base}/models`, copies: false, layout },
  }
  const settings = aSettings({ workspace: base, ...given })
  const python = aPython({ path: '/usr/bin/python3', venv: undefined })
  const seen = {
    ...aFacts({ image: anImage({ path: STANDIN }), python, sinceMs: HOST.clock.now() }),
    ...facts,
  }
  const host = { ...HOST, env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' } }
  const notes: string[] = []
  const { specs, specFor } = await prepareServices(host, settings, {
    ...{ facts: seen, places },
    tell: (event) => event.type === 'note' && notes.push(event.text),
  })
  const [spec] = specs
  if (spec === undefined) throw new Error('there is no ComfyUI')
  const start = async (mode: Mode = 'normal') => {
    const found = await specFor(spec, mode, SIGNAL)
    return { ...found, added: found.spec.args.slice(spec.args.length).join(' ') }
  }
  return { base, layout, spec, start, notes }
}

const BREAKS: NodeImport = { result: 'breaks-start', line: 'it ended with exit code 1', seconds: undefined }

async function keepRecord(path: string, nodes: ImportRecord['nodes']): Promise<void> {
  const atMs = Date.now() + 1
  await writeFile(path, JSON.stringify({ version: 1, asked: '', nodes, atMs, ms: 1 }))
  await until(() => Date.now() > atMs, 'the record to be of the past')
}

test('ComfyUI is started as it is while nothing is to be left out', async () => {
  const { spec, start } = await anInstance({ one: GOOD, two: GOOD })
  expect((await start()).spec).toEqual(spec)
  expect((await start()).spec).toEqual(spec)
})

test('a node that breaks the start is left out, and one that came a minute ago is not', async () => {
  const { base, layout, start } = await anInstance({ one: GOOD, bad: GOOD })
  await start()
  await keepRecord(layout.importsFile, { bad: BREAKS })
  await writeNode(base, 'added', GOOD)
  expect((await start()).added).toBe('--disable-all-custom-nodes --whitelist-custom-nodes added one')
})

test('a node that changed since it broke the start is given another chance', async () => {
  const { base, layout, start } = await anInstance({ one: GOOD, bad: GOOD })
  await start()
  await keepRecord(layout.importsFile, { bad: BREAKS })
  expect((await start()).added).not.toBe('')
  const atMs = Date.now() + 1
  await until(async () => {
    await writeNode(base, 'bad', GOOD)
    return ((await HOST.fs.look(`${base}/custom_nodes/bad/__init__.py`))?.ctimeMs ?? 0) > atMs
  }, 'the clock to move on')
  expect((await start()).added).toBe('')
})

test('a restart takes the Python of the overlay that is in use by then', async () => {
  const { packages, overlay, spec, start, useOverlay } = await withOverlay()
  expect(packages.current).toBeUndefined()
  await start()
  await useOverlay()
  const { spec: later } = await start()
  expect(spec.env.VIRTUAL_ENV).not.toBe(overlay)
  expect(later.file).toBe(`${overlay}/bin/python`)
  expect(later.env.VIRTUAL_ENV).toBe(overlay)
  expect(later.env.PATH?.split(':')[0]).toBe(`${overlay}/bin`)
})

test('an overlay that ComfyUI does not start with is not used, by a restart either', async () => {
  const { layout, overlay, start, useOverlay } = await withOverlay({ jupyter: true })
  await start()
  await useOverlay()
  const failure = {
    code: 'OVERLAY_BREAKS_COMFYUI',
    details: { line: 'x', overlay, log: '/l' },
    temporary: false,
  }
  const record = { version: 1, asked: '', nodes: {}, failure, atMs: 1, ms: 1 }
  await writeFile(layout.importsFile, JSON.stringify(record))
  const { spec } = await start()
  expect(spec.file).toBe('/usr/bin/python3')
  expect(spec.env.VIRTUAL_ENV).not.toBe(overlay)
})

test('safe mode without any node is without the overlay too', async () => {
  const { overlay, start, useOverlay } = await withOverlay()
  await useOverlay()
  await start()
  expect((await start()).spec.file).toBe(`${overlay}/bin/python`)
  const { spec } = await start('safe')
  expect(spec.file).toBe('/usr/bin/python3')
  expect(spec.env.VIRTUAL_ENV).not.toBe(overlay)
  expect(spec.args.at(-1)).toBe('--disable-all-custom-nodes')
})

/** An instance that has no overlay yet. */
async function withOverlay(settings: Partial<Settings> = {}) {
  const places = overlaysIn(`${await tempFolder()}/packages`, 'key')
  const identity = { python: '3.12', arch: 'x64', torch: undefined, cuda: undefined, image: '0' }
  const packages = {
    ...{ identity, key: 'key', sites: [], versions: new Map(), constraints: undefined },
    ...{ places, current: undefined, failed: undefined },
  }
  const overlay = `${places.folder}/set`
  const record = { version: 1, identity, asked: '', packages: [], nodes: {}, atMs: 1, ms: 1 } as const
  const useOverlay = async () => {
    await anOverlay(overlay, record)
    await symlink('set', places.current)
  }
  return { packages, overlay, useOverlay, ...(await anInstance({}, { settings, facts: { packages } })) }
}

async function anOverlay(path: string, record: OverlayRecord): Promise<void> {
  await mkdir(`${path}/bin`, { recursive: true })
  await symlink('/usr/bin/python3', `${path}/bin/python`)
  const site = `${path}/lib/python3.12/site-packages`
  await mkdir(site, { recursive: true })
  await writeFile(`${site}/${OVERLAY_PATHS_FILE}`, '')
  await writeFile(`${path}/${OVERLAY_RECORD}`, JSON.stringify(record))
}

test('safe mode finds the node that breaks the start, leaves it out, and writes it down', async () => {
  const nodes = { one: GOOD, old: 'exit(1)', newest: GOOD }
  const { start, notes, layout } = await anInstance(nodes, { settings: { safeMode: 'newest' } })
  await start()
  const { added, without } = await start('safe')
  expect(added).toBe('--disable-all-custom-nodes --whitelist-custom-nodes newest one')
  expect(without).toBe('the custom node old, which keeps ComfyUI from starting: it ended with exit code 1')
  expect(notes).toHaveLength(1)
  expect(await HOST.fs.readText(layout.importsFile)).toContain('breaks-start')
  // Whoever leaves safe mode has mended it.
  expect((await start()).added).toBe('')
})

test('safe mode leaves out the node that changed last where no import breaks the start', async () => {
  const { start } = await anInstance({ one: GOOD, two: GOOD }, { settings: { safeMode: 'newest' } })
  const { without } = await start('safe')
  expect(without).toMatch(/^the custom node (one|two), which changed last$/)
})

test('safe mode without any node tries nothing', async () => {
  const { start, notes } = await anInstance({ one: 'exit(1)' })
  const { added, without } = await start('safe')
  expect(added).toBe('--disable-all-custom-nodes')
  expect(without).toBe('its custom nodes')
  expect(notes).toEqual([])
})

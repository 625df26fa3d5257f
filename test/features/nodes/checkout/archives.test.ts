import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { localServer } from '../../../support/local-server.ts'
import { nodeRegistry } from '../../../support/node-registry.ts'
import { type ZipMember, zip } from '../../../support/zip.ts'
import { checkoutWorld } from './world.ts'

const MEMBERS: readonly ZipMember[] = [
  { name: '__init__.py', data: 'version = 1\n' },
  { name: 'lib/', data: '' },
  { name: 'lib/a.py', data: 'a\n' },
  { name: 'pyproject.toml', data: '[project]\nname = "reg"\nversion = "1.0.0"\n' },
]
const ZIP = zip(MEMBERS)
const NEWEST = { kind: 'registry', id: 'reg', version: undefined } as const

test('a node of the registry is unpacked as ComfyUI-Manager would do it, and locked with what was got', async () => {
  const { get, read, record, registry, settings, places } = await world()
  await get([{ folder: 'reg', source: NEWEST }], { settings })
  expect(await read('reg/lib/a.py')).toBe('a\n')
  expect((await read('reg/.tracking')).split('\n')).toEqual(MEMBERS.map(({ name }) => name))
  expect((await record('reg'))?.locked).toEqual({
    folder: 'reg',
    source: { kind: 'registry', id: 'reg' },
    version: '1.0.0',
    archive: { url: `${registry.url}/files/reg-1.0.0.zip`, sha256: sha256Of(ZIP) },
    tree: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(registry.requests()).toHaveLength(2)
  expect(await readdir(places.layout.downloads)).toEqual([])
})

test('an address that is signed is kept without what opens it', async () => {
  const { get, read, record, registry, places } = await world()
  const signed = await localServer((_, response, url) => {
    if (url.pathname.startsWith('/files/')) return void response.end(ZIP)
    const downloadUrl = `${signed.url}/files/reg.zip?X-Goog-Signature=SIGNED&token=TOKEN`
    response.end(JSON.stringify({ version: '1.0.0', downloadUrl }))
  })
  await get([{ folder: 'reg', source: NEWEST }], { settings: { nodeRegistry: signed.url } })
  const texts = [await readFile(places.layout.checkoutsFile, 'utf8'), await read('reg/.comfy-init.json')]
  for (const text of texts) expect(text).not.toMatch(/SIGNED|TOKEN/)
  const locked = (await record('reg'))?.locked
  await get([{ folder: 'again', source: NEWEST, locked: locked && { ...locked, folder: 'again' } }], {
    settings: { nodeRegistry: registry.url },
  })
  expect((await record('again'))?.failure).toBeUndefined()
})

test.each([
  ['a page', (response: ServerResponse) => response.end('<html>login</html>'), 'not JSON'],
  ['an error', (response: ServerResponse) => response.writeHead(500).end(), 'it answers 500'],
  ['too much', (response: ServerResponse) => response.end(' '.repeat(5_000_000)), 'more than'],
])('a registry that answers with %s is told as what it is', async (_, answer, why) => {
  const { get, problem } = await world()
  const odd = await localServer((_request, response) => void answer(response))
  await get([{ folder: 'reg', source: NEWEST }], { settings: { nodeRegistry: odd.url } })
  expect(await problem('reg')).toMatchObject({
    ...{ code: 'NODE_UNREACHABLE', temporary: true, why: expect.stringContaining(why) },
    what: 'Cannot get the node reg: its host does not answer as it should.',
  })
})

test('a locked version is got from where it was, or from where the registry has it now, and only with its digest', async () => {
  const { get, record, problem, registry, settings } = await world()
  const locked = (url: string, sha256 = sha256Of(ZIP)) => ({
    ...{ folder: 'reg', source: NEWEST, version: '1.0.0' },
    archive: { url, sha256 },
  })
  registry.publish({ id: 'reg', version: '2.0.0', zip: zip([{ name: 'b.py', data: 'b' }]) })
  const there = `${registry.url}/files/reg-1.0.0.zip`
  await get([{ folder: 'reg', source: NEWEST, locked: locked(there) }], { settings })
  expect(registry.requests()).toEqual(['GET /files/reg-1.0.0.zip'])
  expect((await record('reg'))?.locked?.version).toBe('1.0.0')
  const moved = `${registry.url}/moved/reg.zip`
  await get([{ folder: 'b', source: NEWEST, locked: { ...locked(moved), folder: 'b' } }], { settings })
  expect((await record('b'))?.locked).toMatchObject({ version: '1.0.0', archive: { url: there } })
  await get([{ folder: 'c', source: NEWEST, locked: { ...locked(there, 'a'.repeat(64)), folder: 'c' } }], {
    settings,
  })
  expect(await problem('c')).toMatchObject({ code: 'NODE_ARCHIVE_CHANGED', temporary: false })
})

test('an id or version that the registry does not have is a lasting problem, a silent registry a temporary one', async () => {
  const { get, problem, registry, settings, customNodes } = await world()
  const nodes = [
    { folder: 'a', source: { kind: 'registry', id: 'none', version: undefined } },
    { folder: 'b', source: { kind: 'registry', id: 'reg', version: '9.9.9' } },
  ] as const
  await get(nodes, { settings })
  for (const { folder } of nodes)
    expect(await problem(folder)).toMatchObject({ code: 'NODE_NOT_IN_REGISTRY', temporary: false })
  registry.goAway()
  await get([{ folder: 'c', source: NEWEST }], { settings })
  expect(await problem('c')).toMatchObject({ code: 'NODE_UNREACHABLE', temporary: true })
  expect(await readdir(customNodes)).toEqual([])
})

test('a download that is cut goes on by itself, and one that stays cut goes on in the next start', async () => {
  const { get, read, registry, settings, problem } = await world()
  const large = zip([{ name: 'a.bin', data: randomBytes(90_000) }])
  registry.publish({ id: 'large', version: '1.0.0', zip: large })
  registry.behave({ cut: { afterBytes: 4096, times: 2 } })
  await get([{ folder: 'large', source: { ...NEWEST, id: 'large' } }], { settings })
  expect((await read('large/a.bin')).length).toBeGreaterThan(0)
  registry.behave({ cut: { afterBytes: 4096, times: 3 } })
  await get([{ folder: 'again', source: { ...NEWEST, id: 'large' } }], { settings })
  expect(await problem('again')).toMatchObject({ code: 'NODE_UNREACHABLE' })
  await get([{ folder: 'again', source: { ...NEWEST, id: 'large' } }], { settings })
  expect(await problem('again')).toBeUndefined()
})

test('a zip loses its one top folder, and has the digest of the manifest or is refused', async () => {
  const { get, read, record, problem, registry, settings, customNodes, places } = await world()
  const bytes = zip([
    { name: 'owner-node-1234/', data: '' },
    { name: 'owner-node-1234/__init__.py', data: 'zipped\n' },
  ])
  const url = registry.putZip('node.zip', bytes)
  const source = { kind: 'zip', url, sha256: sha256Of(bytes) } as const
  await get(
    [
      { folder: 'z', source },
      { folder: 'y', source: { ...source, sha256: 'b'.repeat(64) } },
    ],
    { settings },
  )
  expect(await read('z/__init__.py')).toBe('zipped\n')
  expect(await readdir(`${customNodes}/z`)).not.toContain('.tracking')
  expect((await record('z'))?.locked).toMatchObject({ archive: { url, sha256: sha256Of(bytes) } })
  expect(await problem('y')).toMatchObject({
    code: 'NODE_ARCHIVE_CHANGED',
    why: expect.stringContaining('bbbb'),
  })
  expect(await readdir(customNodes)).toEqual(['z'])
  expect(await readdir(places.layout.downloads)).toEqual([])
})

test('a zip on this machine is read where it lies', async () => {
  const { get, read, problem, root } = await world()
  await writeFile(`${root}/a b.zip`, ZIP)
  const at = (name: string) =>
    ({ kind: 'zip', url: `file://${root}/${name}`, sha256: sha256Of(ZIP) }) as const
  await get([
    { folder: 'a', source: at('a%20b.zip') },
    { folder: 'b', source: at('none.zip') },
  ])
  expect(await read('a/lib/a.py')).toBe('a\n')
  expect(await problem('b')).toMatchObject({ code: 'NODE_REFUSED' })
  expect(await readdir(root)).toContain('a b.zip')
})

test.each<[string, Buffer]>([
  ['leaves its folder', zip([{ name: '../../evil.py', data: '' }])],
  ['has a link that leaves', zip([{ name: 'l', data: '/etc', mode: 0o120777 }])],
  ['is no zip', Buffer.from('<html>')],
  ['has a name that is too long', zip([{ name: 'a'.repeat(300), data: '' }])],
  ['has a path that is too deep', zip([{ name: `${'a/'.repeat(16_000)}b`, data: '' }])],
  [
    'brings a git folder',
    zip([
      { name: '.git/HEAD', data: 'ref: x' },
      { name: 'b.py', data: '' },
    ]),
  ],
  [
    'has a folder of a name of ours',
    zip([
      { name: '.tracking/x', data: '' },
      { name: 'b.py', data: '' },
    ]),
  ],
  [
    'brings a marker',
    zip([
      { name: '.comfy-init.json', data: '{}' },
      { name: 'b.py', data: '' },
    ]),
  ],
  ['is a bomb', zip([{ name: 'a', data: Buffer.alloc(80 * 1024 * 1024) }])],
])('an archive that %s is a lasting problem and leaves nothing', async (_, bytes) => {
  const { get, problem, registry, settings, customNodes, root, places } = await world()
  const url = registry.putZip('bad.zip', bytes)
  await get([{ folder: 'bad', source: { kind: 'zip', url, sha256: sha256Of(bytes) } }], { settings })
  expect(await problem('bad')).toMatchObject({ code: 'NODE_ARCHIVE_BAD', temporary: false })
  expect(await readdir(customNodes)).toEqual([])
  expect(await readdir(root)).toEqual(['workspace'])
  expect(await readdir(places.layout.downloads)).toEqual([])
})

test('a path is linked, and one that is not there is looked for again by the next start', async () => {
  const { get, problem, record, root, customNodes } = await world()
  const source = { kind: 'path', path: `${root}/mine` } as const
  await get([{ folder: 'mine', source }])
  expect(await problem('mine')).toMatchObject({ code: 'NODE_PATH_ABSENT', temporary: true })
  await mkdir(source.path)
  await get([{ folder: 'mine', source }])
  expect(await readlink(`${customNodes}/mine`)).toBe(source.path)
  expect((await record('mine'))?.locked).toEqual({ folder: 'mine', source })
  await mkdir(`${root}/other`)
  await get([{ folder: 'mine', source: { kind: 'path', path: `${root}/other` } }])
  expect(await readlink(`${customNodes}/mine`)).toBe(`${root}/other`)
  expect(await readdir(customNodes)).toEqual(['mine'])
})

async function world() {
  const checkout = await checkoutWorld()
  const registry = await nodeRegistry({ id: 'reg', version: '1.0.0', zip: ZIP })
  return { ...checkout, registry, settings: { nodeRegistry: `${registry.url}/` } }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

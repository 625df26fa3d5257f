import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lookManifests } from '../../src/facts/node-manifests.ts'
import { realFs } from '../../src/host/fs.ts'
import { tempFolder } from '../support/temp-folder.ts'

const TOP = new URL('../..', import.meta.url).pathname

async function world() {
  const folder = await tempFolder()
  const own = `${folder}/.comfy-init`
  mkdirSync(own)
  const [image, mine, cache] = [`${folder}/image.yaml`, `${own}/nodes.yaml`, `${own}/facts/manifests.json`]
  const look = () => lookManifests(realFs(), [image, mine], cache)
  return { folder, own, image, mine, cache, look }
}

async function faultOf(text: string): Promise<string | undefined> {
  const { mine, look } = await world()
  writeFileSync(mine, text)
  const [manifest] = await look()
  expect(manifest?.path).toBe(mine)
  return manifest?.fault
}

test('a manifest that is there is read into a plain value, with the line of each entry; one that is not is none', async () => {
  const { mine, look } = await world()
  expect(await look()).toEqual([])
  writeFileSync(mine, '# mine\nnodes:\n  - a/b\n\n  - registry: x\n    version: 1.10\n')

  expect(await look()).toEqual([
    {
      path: mine,
      value: { nodes: ['a/b', { registry: 'x', version: '1.10' }] },
      fault: undefined,
      lines: [3, 5],
    },
  ])
})

test('numbers stay as they were written: they are versions and commits', async () => {
  const { mine, look } = await world()
  writeFileSync(mine, 'nodes:\n  - { a: 1.10, b: 12e4567, c: 010, d: true, e: 0x10, f: 1_0 }\n')

  const [manifest] = await look()

  expect(manifest?.value).toEqual({
    nodes: [{ a: '1.10', b: '12e4567', c: '010', d: true, e: '0x10', f: '1_0' }],
  })
})

test('an empty manifest is a manifest, which asks for nothing', async () => {
  const { mine, look } = await world()
  writeFileSync(mine, '# none\n')

  expect(await look()).toEqual([{ path: mine, value: {}, fault: undefined, lines: [] }])
})

test.each([
  ['nodes: [', /^line \d+: not valid YAML/],
  ['nodes:\n  - a\nnodes:\n  - b\n', /^line 3: a key that stands above already$/],
  ['nodes:\n  - a: 1\n    a: 2\n', /^line 3: a key/],
  ['nodes:\n\t- a\n', /^line 2: a tab/],
  ['nodes: []\n---\nnodes: []\n', /^line 2: a second document/],
  ['nodes: !!python/object:os.system x\n', /^line 1: a tag that means nothing here$/],
  ['nodes: &x [*x]\n', /^its aliases multiply/],
  ['nodes: *x\n', /^an alias in it leads nowhere$/],
  ['- a/b\n', /^it is no mapping/],
  ['a/b\n', /^it is no mapping/],
  ['['.repeat(200_000), /nested too deep|not valid YAML/],
  [`# ${'x'.repeat(1024 * 1024)}`, /^it is larger than 1 MiB$/],
])('%.25s… is refused in one line', async (text, fault) => {
  expect(await faultOf(text)).toMatch(fault)
})

test('aliases that multiply are refused before they fill the memory', async () => {
  const bomb = Array.from({ length: 12 }, (_, at) => {
    const items = at === 0 ? 'x' : `*a${at - 1}`
    return `a${at}: &a${at} [${Array(10).fill(items).join(',')}]`
  })
  const wide = `a: &a ${'x'.repeat(500_000)}\nnodes: [${Array(90).fill('*a').join(',')}]\n`

  expect(await faultOf(bomb.join('\n'))).toBe('its aliases multiply without end')
  expect(await faultOf(wide)).toBe('its aliases multiply without end')
})

test('a fault does not show what stands in the file', async () => {
  expect(await faultOf('nodes: "hunter2\n')).not.toContain('hunter2')
  expect(await faultOf('nodes: *hunter2\n')).not.toContain('hunter2')
})

test('a folder in the place of a manifest is a fault, not an end of the look', async () => {
  const { mine, look } = await world()
  mkdirSync(mine)

  expect((await look())[0]?.fault).toBe('the system says EISDIR')
})

test('what was read is kept, and the library is not loaded for it again', async () => {
  const { mine, cache, look } = await world()
  writeFileSync(mine, 'nodes:\n  - a/b\n')
  const first = await look()
  const script = (text: string) => `
    import { registerHooks } from 'node:module'
    import { realFs } from '${TOP}src/host/fs.ts'
    import { lookManifests } from '${TOP}src/facts/node-manifests.ts'
    import { writeFileSync } from 'node:fs'
    let loaded = false
    registerHooks({ resolve: (name, context, next) => { loaded ||= name === 'yaml'; return next(name, context) } })
    writeFileSync('${mine}', ${JSON.stringify(text)})
    const found = await lookManifests(realFs(), ['${mine}'], '${cache}')
    console.log(JSON.stringify({ loaded, found }))`
  const run = (text: string) =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script(text)], { encoding: 'utf8' }),
    )

  expect(run('nodes:\n  - a/b\n')).toEqual({ loaded: false, found: JSON.parse(JSON.stringify(first)) })
  const changed = run('nodes:\n  - c/d\n')
  expect([changed.loaded, changed.found[0].value]).toEqual([true, { nodes: ['c/d'] }])
})

test('only what the manifests say now is kept', async () => {
  const { mine, cache, look } = await world()
  writeFileSync(mine, 'nodes:\n  - a/b\n')
  await look()
  writeFileSync(mine, 'nodes:\n  - c/d\n')
  await look()

  const kept = readFileSync(cache, 'utf8')
  expect([kept.includes('a/b'), kept.includes('c/d')]).toEqual([false, true])
})

test.each(['', 'not JSON', '{"format":1,"readings":{"x":7}}', '{"format":99,"readings":{}}', '[]'])(
  'a cache that holds «%s» is read as none',
  async (text) => {
    const { mine, own, cache, look } = await world()
    mkdirSync(`${own}/facts`)
    writeFileSync(cache, text)
    writeFileSync(mine, 'nodes:\n  - a/b\n')

    expect((await look())[0]?.value).toEqual({ nodes: ['a/b'] })
  },
)

test('a cache in another format is not read, and is replaced', async () => {
  const { mine, cache, look } = await world()
  writeFileSync(mine, 'nodes:\n  - a/b\n')
  await look()
  const other = readFileSync(cache, 'utf8').replace('"format":1', '"format":99').replace('a/b', 'old/one')
  writeFileSync(cache, other)

  expect((await look())[0]?.value).toEqual({ nodes: ['a/b'] })
  expect(readFileSync(cache, 'utf8')).toContain('"format":1,')
})

test('a cache that cannot be written is no error, and a workspace without a folder of ours gets none', async () => {
  const { folder, image, own, mine, look } = await world()
  writeFileSync(`${own}/facts`, 'in the way')
  writeFileSync(mine, 'nodes:\n  - a/b\n')
  expect((await look())[0]?.value).toEqual({ nodes: ['a/b'] })

  writeFileSync(image, 'nodes:\n  - a/b\n')
  await lookManifests(realFs(), [image], `${folder}/elsewhere/.comfy-init/facts/manifests.json`)
  expect(existsSync(`${folder}/elsewhere`)).toBe(false)
})

test('what is no file at all is a fault, and nobody waits for it', async () => {
  const { mine, look } = await world()
  execFileSync('mkfifo', [mine])
  expect(await look()).toEqual([{ path: mine, value: undefined, fault: 'it is no file' }])
})

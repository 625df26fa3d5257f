import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { aNodesScene } from '../nodes-scene.ts'

test('why tells all about a node, its requirements too', async () => {
  const scene = await aNodesScene()
  const pack = scene.repository('pack')
  pack.commit({ 'requirements.txt': '# needed\nEinOps >= 0.8 # for shapes\n' })
  await scene.manifest(`nodes:\n  - git: file://${pack.path}\n    required: true\n`)
  await scene.type('sync')
  const { code, out } = await scene.type('why', 'Pack')
  expect(code).toBe(0)
  expect(out).toMatch(/^node +pack\nstate +there\nasked for by +.*nodes\.yaml, required\n/)
  expect(out).toContain(pack.head())
  expect(out).toMatch(/^requires +EinOps >= 0\.8$/m)
})

test('why tells which node asks for a package, however its name is spelled', async () => {
  const scene = await aNodesScene()
  for (const [name, line] of [
    ['one', 'ruamel.yaml<1'],
    ['two', 'Ruamel_Yaml>0.18'],
  ] as const) {
    await mkdir(`${scene.nodes}/${name}`)
    await writeFile(`${scene.nodes}/${name}/requirements.txt`, `${line}\n`)
  }
  const { out } = await scene.type('why', 'ruamel-yaml')
  expect(out).toMatch(/^package +ruamel-yaml\nin use +none: it is not installed\n/)
  expect(out).toMatch(/^asked by +one: ruamel\.yaml<1\n +two: Ruamel_Yaml>0\.18$/m)
})

test('a name that nobody knows is answered with the nearest one', async () => {
  const scene = await aNodesScene()
  const { code, err } = await scene.type('why', 'exampel')
  expect(code).toBe(64)
  expect(err).toContain('Did you mean «example»?')
})

test('list fits a narrow terminal and ends with a sum', async () => {
  const scene = await aNodesScene()
  const { out } = await scene.type('list')
  expect(out).toMatch(/^there +\S+ {2}by hand\n/)
  expect(out).toMatch(/\n\d+ nodes: \d+ there\nAll about one: comfy-init nodes why NAME\n$/)
})

test.each([
  [[], 'ACT is missing', 'comfy-init nodes list'],
  [['lst'], 'ACT is one of list, why', 'comfy-init nodes list'],
  [['why'], 'why needs the name of a node or a Python package', 'comfy-init nodes --help'],
  [['sync', 'now'], 'sync takes no word behind it', ''],
  [['vendor', 'a', 'b'], 'vendor takes one word behind it', ''],
])('%j is explained and ends with 64', async (words, why, remedy) => {
  const scene = await aNodesScene()
  const { code, err } = await scene.type(...words)
  expect(code).toBe(64)
  expect(err).toContain(why)
  expect(err).toContain(remedy)
})

import { expect, test } from 'vitest'
import { imageRequirements } from '../../../src/features/packages/image-requirements.ts'
import { realHost } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { putPackage, type WheelSpec, wheel } from '../../support/wheel.ts'
import { packageWorld, sitePackagesOf } from './package-world.ts'

const TRANSFORMERS: WheelSpec = {
  name: 'transformers',
  version: '4.57.1',
  requires: ['huggingface_hub (<1.0,>=0.34.0)', 'tokenizers<0.23', 'pillow>=99 ; extra == "vision"'],
}

async function worldWithTransformers(uv: boolean) {
  const world = await packageWorld({ uv })
  const site = sitePackagesOf(world.python)
  putPackage(site, TRANSFORMERS)
  putPackage(site, { name: 'huggingface-hub', version: '0.35.0', requires: ['typing-extensions>=4.10'] })
  putPackage(site, { name: 'typing_extensions', version: '4.15.0' })
  putPackage(site, { name: 'tokenizers', version: '0.22.0' })
  await world.host.fs.write(`${world.places.code}/requirements.txt`, 'torch\ntransformers>=4.50\n')
  for (const [name, version] of [
    ['huggingface-hub', '0.19.4'],
    ['huggingface-hub', '1.1.0'],
    ['typing-extensions', '3.10.0'],
    ['tokenizers', '0.21.0'],
  ] as const)
    world.index.add(wheel({ name, version }))
  world.index.add(wheel({ name: 'transformers', version: '5.0.0', requires: ['huggingface-hub>=1.0'] }))
  return world
}

test.each([
  ['uv', true],
  ['pip', false],
])('with %s, no node takes from the image’s packages what they need', async (_, uv) => {
  const world = await worldWithTransformers(uv)
  const { problems, packages } = await world.boot([
    world.node('hub', { 'requirements.txt': 'huggingface_hub==0.19.4\n' }),
    world.node('typing', { 'requirements.txt': 'typing-extensions<4\n' }),
    world.node('good', { 'requirements.txt': 'tokenizers<0.22\n' }),
  ])
  expect(problems.map((each) => each.toJSON().why)).toEqual([
    expect.stringContaining('transformers 4.57.1 of the image asks for huggingface-hub<1.0,>=0.34.0. '),
    expect.stringContaining('huggingface-hub 0.35.0 of the image asks for typing-extensions>=4.10. '),
  ])
  expect(packages.current?.record.packages).toMatchObject([{ name: 'tokenizers', version: '0.21.0' }])
  expect(await world.host.fs.readText(`${world.overlay()}/constraints.txt`)).toContain(
    'huggingface-hub<1.0,>=0.34.0\n',
  )
})

test('a package of the image that a node replaces asks for nothing any more', async () => {
  const world = await worldWithTransformers(true)
  const { problems, packages } = await world.boot([
    world.node('newer', { 'requirements.txt': 'transformers>=5\n' }),
  ])
  expect(problems).toEqual([])
  expect(packages.current?.record.packages.map(({ name, version }) => `${name}==${version}`)).toEqual([
    'huggingface-hub==1.1.0',
    'transformers==5.0.0',
  ])
  expect(await world.host.fs.readText(`${world.overlay()}/constraints.txt`)).not.toContain('huggingface')
})

test('what the image asks of itself is followed through all packages; what it breaks itself is left out', async () => {
  const site = await tempFolder()
  const put = (name: string, version: string, ...requires: string[]) =>
    putPackage(site, { name, version, requires })
  put('a', '1.0', 'B.b[x]>=1 ; python_version>"3"', 'absent>=1', 'c @ https://example.org/c.whl')
  put('b-b', '1.5', 'c>=2', 'a>=0.5rc1,<2', 'd>=3')
  put('c', '3.0', 'a')
  put('d', '2.0')
  put('apart', '1.0', 'c<4')
  const versions = new Map(Object.entries({ a: '1.0', 'b-b': '1.5', c: '3.0', d: '2.0', apart: '1.0' }))
  const found = await imageRequirements(realHost().fs, { sites: [site, '/nowhere'], versions }, ['A'])
  expect(found.map(({ by, text }) => `${by.name} ${by.version}: ${text}`)).toEqual([
    'a 1.0: b-b>=1; python_version>"3"',
    'b-b 1.5: c>=2',
    'b-b 1.5: a<2',
  ])
})

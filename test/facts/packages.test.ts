import { expect, test } from 'vitest'
import { layoutOf } from '../../src/base/layout.ts'
import { packageName, parseDistribution } from '../../src/facts/distributions.ts'
import { identityKey, lookPackages } from '../../src/facts/packages.ts'
import { describePython } from '../../src/facts/python-packages.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { type Leaf, treeOf } from '../support/world/tree-of.ts'
import { aSettings } from '../support/world.ts'

const SITE = '/opt/venv/lib/python3.12/site-packages'
const VENV: Record<string, Leaf> = {
  '/usr/bin/python3.12': { program: '' },
  '/opt/venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.12.3\n',
  '/opt/venv/bin/python': { program: '' },
  [`${SITE}/torch/version.py`]: "__version__ = '2.8.0+cu128'\ncuda: Optional[str] = '12.8'\n",
  [`${SITE}/torch-2.8.0+cu128.dist-info`]: null,
  [`${SITE}/Pillow-11.0.0.dist-info`]: null,
}

async function look(files: Record<string, Leaf>, settings = {}, path = '/opt/venv/bin/python') {
  const { fs } = rootedHost(await treeOf({ ...VENV, ...files }))
  const python = await describePython(fs, path)
  return lookPackages(fs, aSettings(settings), { layout: layoutOf('/workspace'), python, arch: 'x64' })
}

test('what a Python has is told by the names of its folders', async () => {
  const found = await look({ '/etc/comfy-init/constraints.txt': 'pillow==11.0.0\n' })
  expect(found).toMatchObject({
    identity: { python: '3.12', arch: 'x64', torch: '2.8.0+cu128', cuda: '12.8' },
    key: expect.stringMatching(/^py312-x64-torch2\.8\.0-cu128-[0-9a-f]{16}$/),
    sites: [SITE],
    constraints: 'pillow==11.0.0\n',
    current: undefined,
    failed: undefined,
  })
  expect([...(found?.versions ?? [])].sort()).toEqual([
    ['pillow', '11.0.0'],
    ['torch', '2.8.0+cu128'],
  ])
})

test('another package, another version or another constraint is another image', async () => {
  const images = await Promise.all([
    look({}),
    look({ [`${SITE}/more-1.0.dist-info`]: null }),
    look({ [`${SITE}/Pillow-11.1.0.dist-info`]: null }),
    look({ '/etc/comfy-init/constraints.txt': 'pillow<12\n' }),
    look({ [`${SITE}/some-file.py`]: '' }),
  ])
  expect(new Set(images.map((each) => each?.identity.image)).size).toBe(4)
  expect(images[4]?.key).toBe(images[0]?.key)
})

test('nothing is told where packages are left alone, of an unknown Python, and of one that lies in an overlay', async () => {
  const overlay = '/workspace/.comfy-init/packages/py312/a'
  expect(await look({}, { packages: 'off' })).toBeUndefined()
  expect(await look({ '/odd/python': { program: '' } }, {}, '/odd/python')).toBeUndefined()
  const inside = {
    [`${overlay}/bin/python`]: { program: '' },
    [`${overlay}/pyvenv.cfg`]: 'home = /usr/bin\nversion = 3.12\n',
  }
  expect(await look(inside, {}, `${overlay}/bin/python`)).toBeUndefined()
})

test('a key is fit for a folder, and names CUDA once', () => {
  const identity = { python: '3.13', arch: 'arm64', torch: '2.9.1', cuda: '13.0', image: 'ab' }
  expect(identityKey(identity)).toBe('py313-arm64-torch2.9.1-cu130-ab')
  expect(identityKey({ ...identity, torch: '2.9.1+a/b', cuda: undefined })).toBe(
    'py313-arm64-torch2.9.1-a_b-ab',
  )
  expect(identityKey({ ...identity, torch: undefined, cuda: undefined })).toBe('py313-arm64-ab')
})

test.each([
  ['Pillow-10.2.0.dist-info', 'pillow', '10.2.0'],
  ['nvidia_cudnn_cu12-9.1.dist-info', 'nvidia-cudnn-cu12', '9.1'],
  ['PyGObject-3.42.2.egg-info', 'pygobject', '3.42.2'],
  ['old-name-1.0-py3.11.egg-info', 'old-name', '1.0'],
  ['torch-2.8.0+cu128.dist-info', 'torch', '2.8.0+cu128'],
])('%s is %s %s', (entry, name, version) => {
  expect(parseDistribution(entry)).toEqual({ name, version, entry })
})

test('names that indexes take for the same are the same', () => {
  expect(['A.b', 'a--B', 'a_b'].map(packageName)).toEqual(['a-b', 'a-b', 'a-b'])
  expect(parseDistribution('numpy')).toBeUndefined()
})

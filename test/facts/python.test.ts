import { chmod } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { layoutOf } from '../../src/base/layout.ts'
import { parseTorchVersion, parseVenvConfig, shortVersion } from '../../src/facts/parse-python.ts'
import { lookPython } from '../../src/facts/python.ts'
import type { Host } from '../../src/host/host.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { type Leaf, treeOf } from '../support/world/tree-of.ts'

const SOMEBODY = { uid: 4321, gid: 4321, groups: [] }
const NOTHING = {
  python: undefined,
  home: undefined,
  adopt: 'auto',
  layout: layoutOf('/workspace'),
} as const
const program = { program: '#!/bin/sh\n' }

async function look(files: Record<string, Leaf>, sought = {}, env: Host['env'] = {}) {
  const host = rootedHost(await treeOf(files), { env })
  return lookPython(host, { ...NOTHING, ...sought }, SOMEBODY)
}

test('pyvenv.cfg is read as venv, virtualenv and uv write it', () => {
  expect(
    parseVenvConfig('home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.12.3\n'),
  ).toEqual({ home: '/usr/bin', version: '3.12', systemPackages: false })
  expect(
    parseVenvConfig('home=/opt/py/bin\r\nversion_info = 3.13.1.final.0\ninclude-system-site-packages = True'),
  ).toEqual({ home: '/opt/py/bin', version: '3.13', systemPackages: true })
  expect(parseVenvConfig('')).toEqual({ home: undefined, version: undefined, systemPackages: false })
})

test('a version is found at the front or behind the program’s name', () => {
  expect(['3.12.3', 'python3.11', 'python3', 'pypy3'].map(shortVersion)).toEqual([
    '3.12',
    '3.11',
    undefined,
    undefined,
  ])
})

test('torch’s version file tells CUDA builds from those for the CPU and for ROCm', () => {
  expect(
    parseTorchVersion(
      "__all__ = ['__version__', 'cuda']\n__version__ = '2.9.1+cu128'\ncuda: Optional[str] = '12.8'\nhip = None\n",
    ),
  ).toEqual({ version: '2.9.1+cu128', cuda: '12.8', archs: undefined })
  expect(parseTorchVersion("__version__ = '2.1.0+cpu'\ncuda = None\n")).toEqual({
    version: '2.1.0+cpu',
    cuda: undefined,
    archs: undefined,
  })
  expect(
    parseTorchVersion("__version__ = '2.9.1+rocm6.4'\ncuda: Optional[str] = None\nhip = '6.4'\n")?.cuda,
  ).toBe(undefined)
  expect(parseTorchVersion('')).toBeUndefined()
})

test('a venv’s own files say its version, torch and JupyterLab', async () => {
  const { python } = await look({
    '/opt/venv/bin/python': program,
    '/opt/venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.12.3\n',
    '/opt/venv/lib/python3.12/site-packages/torch/version.py': "__version__ = '2.9.1+cu128'\ncuda = '12.8'\n",
    '/opt/venv/lib/python3.12/site-packages/jupyterlab': null,
  })
  expect(python).toEqual({
    path: '/opt/venv/bin/python',
    venv: '/opt/venv',
    version: '3.12',
    torch: { version: '2.9.1+cu128', cuda: '12.8', archs: undefined },
    hasJupyter: true,
  })
})

test('a venv without system packages does not see the system’s torch, one with them does', async () => {
  const files = (system: string) => ({
    '/opt/venv/bin/python': program,
    '/opt/venv/pyvenv.cfg': `home = /usr/bin\ninclude-system-site-packages = ${system}\nversion = 3.11.2\n`,
    '/usr/local/lib/python3.11/dist-packages/torch/version.py': "__version__ = '2.8.0'\n",
  })
  expect((await look(files('false'))).python?.torch).toBeUndefined()
  expect((await look(files('true'))).python?.torch?.version).toBe('2.8.0')
})

test('the usual places are tried in order: /opt/venv, beside ComfyUI, VIRTUAL_ENV, PATH', async () => {
  const env = { VIRTUAL_ENV: '/v', PATH: 'relative:/a:/b' }
  const files: Record<string, Leaf> = {
    '/b/python3.10': program,
    '/b/python3': { link: 'python3.10' },
    '/a/python': program,
  }
  const order: Record<string, Leaf>[] = [
    { '/v/bin/python': program },
    { '/c/.venv/bin/python': program },
    { '/c/venv/bin/python': program },
    { '/opt/venv/bin/python': program },
  ]
  const found = [(await look(files, { home: '/c' }, env)).python?.path]
  for (const more of order) {
    Object.assign(files, more)
    found.push((await look(files, { home: '/c' }, env)).python?.path)
  }
  expect(found).toEqual([
    '/b/python3',
    '/v/bin/python',
    '/c/.venv/bin/python',
    '/c/venv/bin/python',
    '/opt/venv/bin/python',
  ])
})

test('a Python outside a venv is known by the file it leads to', async () => {
  const { python } = await look(
    {
      '/usr/bin/python3.11': program,
      '/usr/bin/python3': { link: 'python3.11' },
      '/usr/lib/python3/dist-packages/jupyterlab': null,
    },
    {},
    { PATH: '/usr/bin' },
  )
  expect(python).toEqual({
    path: '/usr/bin/python3',
    venv: undefined,
    version: '3.11',
    torch: undefined,
    hasJupyter: true,
  })
})

test('the Python asked for is taken or none is', async () => {
  const files = { '/opt/venv/bin/python': program, '/x/python': program }
  expect((await look(files, { python: '/x/python' })).python?.path).toBe('/x/python')
  expect(await look(files, { python: '/missing' })).toEqual({ python: undefined, pythonRefused: undefined })
})

test('a Python that the target may not run is named, and the next one is taken', async () => {
  const root = await treeOf({ '/opt/venv/bin/python': program, '/bin/python3': program })
  await chmod(`${root}/opt/venv/bin/python`, 0o700)
  const found = await lookPython(rootedHost(root, { env: { PATH: '/bin' } }), NOTHING, SOMEBODY)
  expect(found.python?.path).toBe('/bin/python3')
  expect(found.pythonRefused).toEqual({ path: '/opt/venv/bin/python', code: 'EACCES' })
})

const MOVED: Record<string, Leaf> = {
  '/opt/ComfyUI/venv/bin/python': program,
  '/workspace/ComfyUI/venv/bin/python': program,
  '/workspace/ComfyUI/.comfy-init.json': '{"layout":1,"from":"/opt/ComfyUI"}',
}

test('a venv that was moved with its tree comes before what the image still has of it, however it is named', async () => {
  const home = '/opt/ComfyUI'
  const inImage = '/opt/ComfyUI/venv/bin/python'
  const { '/workspace/ComfyUI/venv/bin/python': _, ...withoutVenv } = MOVED
  const withEnv = { ...withoutVenv, '/workspace/ComfyUI/env/bin/python3': program }
  const found = [
    await look(MOVED, { home }),
    await look(MOVED, { home, python: inImage }),
    await look(MOVED, {}, { VIRTUAL_ENV: '/opt/ComfyUI/venv' }),
    await look({ ...withEnv, '/opt/ComfyUI/env/bin/python3': program }, {}, { PATH: '/opt/ComfyUI/env/bin' }),
    await look(MOVED),
  ]
  expect(found.map(({ python }) => python?.path)).toEqual([
    '/workspace/ComfyUI/venv/bin/python',
    '/workspace/ComfyUI/venv/bin/python',
    '/workspace/ComfyUI/venv/bin/python',
    '/workspace/ComfyUI/env/bin/python3',
    '/workspace/ComfyUI/venv/bin/python',
  ])
})

test('the image’s venv is used where its tree was not moved, is to stay, or came without it', async () => {
  const sought = { home: '/opt/ComfyUI', python: '/opt/ComfyUI/venv/bin/python' }
  const { '/workspace/ComfyUI/.comfy-init.json': _, ...foreign } = MOVED
  const { '/workspace/ComfyUI/venv/bin/python': __, ...without } = MOVED
  const found = [
    await look(foreign, sought),
    await look(MOVED, { ...sought, adopt: 'link' }),
    await look(without, sought),
    await look(
      { ...MOVED, '/workspace/ComfyUI-2/venv/bin/python': program },
      {
        ...sought,
        python: '/opt/ComfyUI-2/venv/bin/python',
      },
    ),
  ]
  expect(found.map(({ python }) => python?.path)).toEqual([
    sought.python,
    sought.python,
    sought.python,
    undefined,
  ])
})

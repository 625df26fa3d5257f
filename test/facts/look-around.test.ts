import { lchown, lstat, mkdir, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { MARKER } from '../../src/base/layout.ts'
import { lookAround } from '../../src/facts/look-around.ts'
import { type Host, realHost } from '../../src/host/host.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { type Leaf, treeOf } from '../support/world/tree-of.ts'
import { aSettings } from '../support/world.ts'

const isRoot = process.getuid?.() === 0
const { users } = realHost()

const IMAGE: Record<string, Leaf> = {
  '/.dockerenv': '',
  '/proc/self/mountinfo':
    '1 0 0:1 / / rw - overlay o rw\n2 1 0:2 / /workspace rw - ext4 /dev/sdb1 rw\n3 1 0:3 / /shared ro - nfs n rw\n',
  '/proc/self/status': 'CapEff:\t00000000a80425fb\n',
  '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
  '/etc/group': 'root:x:0:\n',
  '/opt/ComfyUI/main.py': 'print()\n',
  '/opt/ComfyUI/comfyui_version.py': '__version__ = "0.33.0"\n',
  '/opt/ComfyUI/comfy/cli_args.py': 'parser.add_argument("--cpu")\n',
  '/opt/ComfyUI/custom_nodes/baked/__init__.py': '',
  '/opt/venv/bin/python': { program: '#!/bin/sh\n' },
  '/shared/models/loras': null,
  '/shared/input': null,
}

/** A person who is not root, whoever runs the tests: nothing of the identity is really changed. */
const NOT_ROOT: Partial<Host> = {
  users: { ...users, ids: () => ({ uid: 4321, gid: 4321, groups: [] }), actAs: () => {} },
}

function machine(root: string, overrides: Partial<Host> = NOT_ROOT): Host {
  const host = rootedHost(root, overrides)
  return {
    ...host,
    net: { ...host.net, listenFault: async (_, port) => (port === 3000 ? 'EADDRINUSE' : undefined) },
  }
}

const workspaceOf = async (root: string) => (await lstat(`${root}/workspace`)).mtimeMs

test('a fresh container is read whole', async () => {
  const root = await treeOf({ ...IMAGE, '/workspace': null })
  const facts = await lookAround(machine(root), aSettings())
  expect(facts).toMatchObject({
    runtime: 'docker',
    inContainer: true,
    who: { target: { uid: 4321 }, source: 'as-started', homeIsUsable: false },
    workspace: {
      path: '/workspace',
      isMount: true,
      mount: { filesystem: 'ext4' },
      abilities: { create: undefined, rename: undefined, link: undefined },
      triedIn: '/workspace',
      canMake: true,
      tree: { state: 'absent' },
    },
    image: { path: '/opt/ComfyUI', place: 'folder', replaceable: true, version: '0.33.0' },
    adopted: undefined,
    lostImage: undefined,
    vacantHome: undefined,
    python: { path: '/opt/venv/bin/python', venv: undefined },
    tiers: [{ path: '/shared/models', readOnly: true, folders: ['loras'] }],
    modelPathsText: undefined,
    jupyterTokenFile: 'absent',
    ports: [
      { use: 'comfyui', port: 8188, free: true },
      { use: 'http', port: 3000, free: false, fault: 'EADDRINUSE' },
    ],
  })
  expect(facts.image?.flags).toEqual(new Set(['--cpu']))
  expect(facts.image?.size).toEqual({ files: 7, bytes: expect.any(Number) })
  expect([...facts.folders]).toEqual(['/shared/input'])
  expect(facts.nodes.map(({ path, nodes }) => [path, nodes.length])).toEqual([
    ['/workspace/ComfyUI/custom_nodes', 0],
    ['/workspace/custom_nodes', 0],
    ['/opt/comfy-init/nodes', 0],
    ['/opt/ComfyUI/custom_nodes', 1],
  ])
})

const ADOPTED: Record<string, Leaf> = {
  [`/workspace/ComfyUI/${MARKER}`]: JSON.stringify({
    layout: 1,
    image: 'i',
    from: '/opt/ComfyUI',
    adoptedAt: 't',
  }),
  '/workspace/ComfyUI/main.py': '',
  '/workspace/ComfyUI/comfy/cli_args.py': 'parser.add_argument("--older")\n',
  '/workspace/ComfyUI/custom_nodes/mine/__init__.py': '',
  '/workspace/.comfy-init/facts': null,
  '/workspace/.comfy-init/extra-model-paths.yaml': 'comfyui:\n',
  '/workspace/.comfy-init/jupyter-token': 'secret\n',
}

test('looking at an adopted workspace changes nothing in it, counts nothing, and knows its own flags', async () => {
  const root = await treeOf({ ...IMAGE, ...ADOPTED })
  const before = await workspaceOf(root)
  const facts = await lookAround(machine(root), aSettings({ upgrade: 'keep' }))
  expect(await workspaceOf(root)).toBe(before)
  expect(facts.workspace.triedIn).toBe('/workspace/.comfy-init')
  expect(facts.workspace.tree.state).toBe('ours')
  expect(facts.adopted?.flags).toEqual(new Set(['--older']))
  expect(facts.image?.flags).toEqual(new Set(['--cpu']))
  expect(facts.image?.size).toBeUndefined()
  expect(facts.modelPathsText).toBe('comfyui:\n')
  expect(facts.jupyterTokenFile).toBe('open-to-others')
})

test('a place that is a link to the adopted tree is the same tree', async () => {
  const { '/opt/ComfyUI/main.py': _, ...files } = { ...IMAGE, ...ADOPTED }
  const root = await treeOf(files)
  await rm(`${root}/opt/ComfyUI`, { recursive: true })
  const host = machine(root)
  // Relative, so that it leads to the same place below the folder that stands for /.
  await host.fs.link('../workspace/ComfyUI', '/opt/ComfyUI')
  const fs = { ...host.fs, readLink: async () => '/workspace/ComfyUI' }
  const facts = await lookAround({ ...host, fs }, aSettings())
  expect(facts.image).toMatchObject({ place: 'link', replaceable: true, size: undefined })
  expect(facts.image?.flags).toEqual(new Set(['--older']))
})

test('an adopted tree whose image’s place is empty names that place', async () => {
  const root = await treeOf(ADOPTED)
  const sought = aSettings({ home: undefined })
  expect((await lookAround(machine(root), sought)).vacantHome).toBe('/opt/ComfyUI')
  await mkdir(`${root}/opt/ComfyUI`, { recursive: true })
  expect((await lookAround(machine(root), sought)).vacantHome).toBe('/opt/ComfyUI')
  expect(
    (await lookAround(machine(await treeOf({ ...IMAGE, ...ADOPTED })), sought)).vacantHome,
  ).toBeUndefined()
})

test('a link to a tree that is gone is a lost image', async () => {
  const root = await treeOf({ '/workspace': null, '/opt/ComfyUI': { link: '/workspace/ComfyUI' } })
  const { lostImage, image } = await lookAround(machine(root), aSettings({ home: undefined }))
  expect(lostImage).toEqual({ path: '/opt/ComfyUI', linkTarget: '/workspace/ComfyUI' })
  expect(image).toBeUndefined()
})

test('an absent workspace has the room of the folder above, and can be made where that takes it', async () => {
  const root = await treeOf(IMAGE)
  const { workspace } = await lookAround(machine(root), aSettings({ workspace: '/some/where/else' }))
  expect(workspace).toMatchObject({
    entry: undefined,
    abilities: undefined,
    triedIn: undefined,
    isMount: false,
  })
  expect(workspace.canMake).toBe(false)
  expect(workspace.space?.freeBytes).toBeGreaterThan(0)
  const asRoot = { ...users, ids: () => ({ uid: 0, gid: 0, groups: [] }), actAs: () => {} }
  const settings = aSettings({ workspace: '/some/where/else', uid: 0 })
  expect((await lookAround(machine(root, { users: asRoot }), settings)).workspace.canMake).toBe(true)
})

test('a workspace given by a link is known by its real place', async () => {
  const root = await treeOf({ ...IMAGE, '/workspace': null, '/work': { link: 'workspace' } })
  const { workspace } = await lookAround(machine(root), aSettings({ workspace: '/work' }))
  expect(workspace).toMatchObject({ path: '/workspace', isMount: true })
})

test('without Jupyter its port is not looked at, with it it is', async () => {
  const root = await treeOf({ ...IMAGE, '/workspace': null })
  const uses = async (jupyter: boolean) =>
    (await lookAround(machine(root), aSettings({ jupyter }))).ports.map(({ use }) => use)
  expect(await uses(false)).toEqual(['comfyui', 'http'])
  expect(await uses(true)).toEqual(['comfyui', 'jupyter', 'http'])
})

test('an almost empty machine is read without an error', async () => {
  const facts = await lookAround(machine(await treeOf({})), aSettings({ home: undefined }))
  expect(facts).toMatchObject({ runtime: 'none', image: undefined, python: undefined, tiers: [], mounts: [] })
})

test.runIf(isRoot)(
  'root looks with the eyes of the target, and leaves them open (runs as root only)',
  async () => {
    const root = await treeOf({ ...IMAGE, '/workspace': null })
    const host = machine(root, {})
    try {
      const facts = await lookAround(host, aSettings())
      expect(facts.who).toMatchObject({ us: { uid: 0 }, target: { uid: 1000, gid: 1000 }, source: 'default' })
      expect(facts.workspace.abilities?.create).toBe('EACCES')
      expect(facts.image?.replaceable).toBe(true)
      expect(process.geteuid?.()).toBe(1000)
    } finally {
      users.actAs(undefined)
    }
  },
)

test.runIf(isRoot)(
  'root becomes the owner of the workspace, whom it then trusts (runs as root only)',
  async () => {
    const root = await treeOf({ ...IMAGE, '/workspace': null })
    await lchown(`${root}/workspace`, 1234, 2345)
    try {
      const facts = await lookAround(machine(root, {}), aSettings())
      expect(facts.who).toMatchObject({ target: { uid: 1234, gid: 2345 }, source: 'workspace-owner' })
      expect(facts.workspace.abilities?.create).toBeUndefined()
    } finally {
      users.actAs(undefined)
    }
  },
)

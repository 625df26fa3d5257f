import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { aNodesScene } from '../nodes-scene.ts'
import { aHolder } from '../workspace-acts.ts'

describe('sync', () => {
  test('what the manifest asks for is got, locked and listed', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    await scene.manifest(`nodes:\n  - git: file://${pack.path}\n`)
    expect((await scene.list()).pack?.state).toBe('absent')
    expect((await scene.type('sync')).code).toBe(0)
    expect(await scene.text('pack/__init__.py')).toBe('# pack\n')
    expect((await scene.list()).pack).toMatchObject({ state: 'unchecked', pin: pack.head(), origin: 'asked' })
    const lock = JSON.parse(await readFile(`${scene.root}/workspace/.comfy-init/nodes.lock.json`, 'utf8'))
    expect(lock.nodes).toMatchObject([{ folder: 'pack', commit: pack.head() }])
    expect((await scene.type('sync')).out).toBe('Nothing to do: all nodes are as asked for.\n')
  })

  test('one that cannot be had ends with 1, says what to type, and the others are got', async () => {
    const scene = await aNodesScene()
    const good = scene.repository('good')
    const bad = `file://${scene.repositories}/none.git`
    await scene.manifest(`nodes:\n  - git: ${bad}\n    required: true\n  - git: file://${good.path}\n`)
    const { code, out, err } = await scene.type('sync')
    expect(code).toBe(1)
    expect(out).toMatch(/^failed +none\n/)
    expect(err).toMatch(/Cannot .* none/)
    expect(await scene.text('good/__init__.py')).toBe('# good\n')
  })

  test('what failed for good is tried again when somebody asks', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    await scene.manifest(`nodes:\n  - git: file://${pack.path}\n    ref: later\n`)
    expect((await scene.type('sync')).code).toBe(1)
    expect((await scene.list()).pack?.state).toBe('failed')
    pack.commit({ 'new.py': '' }, { branch: 'later' })
    expect((await scene.type('sync')).code).toBe(0)
    expect((await scene.list()).pack?.state).toBe('unchecked')
  })

  test('a ref that could not be had is tried again, and the old one is not taken for it', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    const other = scene.repository('other')
    await scene.manifest(`nodes:\n  - git: file://${pack.path}\n`)
    expect((await scene.type('sync')).code).toBe(0)
    await scene.manifest(
      `nodes:\n  - git: file://${pack.path}\n    ref: later\n  - git: file://${other.path}\n`,
    )
    expect((await scene.type('sync')).code).toBe(1)
    const again = await scene.type('sync')
    expect(again.code).toBe(1)
    expect(again.out).not.toContain('as asked for')
    pack.commit({ 'new.py': 'new' }, { branch: 'later' })
    expect((await scene.type('sync')).code).toBe(0)
    expect(await scene.text('pack/new.py')).toBe('new')
  })

  test('where something is wrong, nobody is told that all is as asked for', async () => {
    const scene = await aNodesScene()
    await scene.manifest('nodes:\n  - x y\n')
    const { code, out } = await scene.type('sync')
    expect([code, out]).toEqual([
      1,
      'There is nothing else to do.\nWhat is wrong stands above, with what to type.\n',
    ])
  })

  test('beside a running ComfyUI it says that the next restart counts', async () => {
    const scene = await aNodesScene()
    await scene.manifest(`nodes:\n  - git: file://${scene.repository('pack').path}\n`)
    await aHolder(scene, 'ready')
    const { code, out } = await scene.type('sync')
    expect(code).toBe(0)
    expect(out).toContain('from its next restart on: comfy-init restart comfyui\n')
  })

  test('while a start is still at work it is refused, and nothing is got', async () => {
    const scene = await aNodesScene()
    await scene.manifest(`nodes:\n  - git: file://${scene.repository('pack').path}\n`)
    await aHolder(scene, 'preparing')
    const { code, err } = await scene.type('sync')
    expect(code).toBe(75)
    expect(err).toContain('Cannot change the custom nodes of')
    expect(err).toContain('comfy-init nodes sync')
    expect(await scene.text('pack/__init__.py')).toBeUndefined()
  })

  test('two at once are refused, also beside a running ComfyUI', async () => {
    const scene = await aNodesScene()
    await aHolder(scene, 'ready')
    const own = `${scene.root}/workspace/.comfy-init/nodes`
    await mkdir(own, { recursive: true })
    const lock = await scene.host.fs.lockFile(`${own}/lock`)
    const { code, err } = await scene.type('sync')
    expect(code).toBe(75)
    expect(err).toContain('(NODES_BUSY)')
    await lock.close()
    expect((await scene.type('sync')).code).toBe(0)
  })

  test('a workspace that no start has prepared is refused', async () => {
    const scene = await aNodesScene()
    await rm(scene.home, { recursive: true })
    const { code, err } = await scene.type('sync')
    expect(code).toBe(69)
    expect(err).toContain('(NODES_NOT_PREPARED)')
  })
})

describe('add and remove', () => {
  test('a node that is added is written down and got; one that is removed is put aside, and comes back', async () => {
    const scene = await aNodesScene()
    await scene.manifest('# mine\nnodes: []\n')
    const url = `file://${scene.repository('pack').path}`
    expect((await scene.type('add', url)).code).toBe(0)
    expect(await scene.text('pack/__init__.py')).toBe('# pack\n')
    await writeFile(`${scene.nodes}/pack/mine.txt`, 'mine')
    const removed = await scene.type('remove', 'PACK')
    expect(removed.code).toBe(0)
    expect(removed.out).toContain(`${scene.nodes}/.disabled/pack`)
    expect(await scene.text('pack/__init__.py')).toBeUndefined()
    expect(await scene.text('.disabled/pack/mine.txt')).toBe('mine')
    expect(await readFile(`${scene.root}/workspace/.comfy-init/nodes.yaml`, 'utf8')).toMatch(
      /^# mine\nnodes: ?\n? *\[\]\n/,
    )
    expect((await scene.type('add', url)).out).toContain('is back from')
    expect(await scene.text('pack/mine.txt')).toBe('mine')
  })

  test('the first that is added does not take the default ones away', async () => {
    const scene = await aNodesScene()
    await rm(`${scene.root}/workspace/.comfy-init/nodes.yaml`)
    for (const name of ['ComfyUI-Manager', 'comfyui_controlnet_aux']) await mkdir(`${scene.nodes}/${name}`)
    expect((await scene.type('add', `file://${scene.repository('pack').path}`)).code).toBe(0)
    const text = await readFile(`${scene.root}/workspace/.comfy-init/nodes.yaml`, 'utf8')
    expect(text).toMatch(/- ComfyUI-Manager\n +- comfyui_controlnet_aux\n +- file:/)
  })

  test('a default one that is removed leaves the other, and none leaves an empty list', async () => {
    const scene = await aNodesScene()
    await rm(`${scene.root}/workspace/.comfy-init/nodes.yaml`)
    await mkdir(`${scene.nodes}/ComfyUI-Manager`)
    expect((await scene.type('remove', 'comfyui_controlnet_aux')).code).toBe(0)
    expect(Object.keys(await scene.list())).toContain('ComfyUI-Manager')
    expect((await scene.list()).comfyui_controlnet_aux).toBeUndefined()
    expect((await scene.type('remove', 'ComfyUI-Manager')).code).toBe(0)
    expect((await scene.list())['ComfyUI-Manager']).toBeUndefined()
  })

  test('what COMFY_NODES asks for cannot be removed from a file', async () => {
    const scene = await aNodesScene()
    const other = await aNodesScene({ nodes: `file://${scene.repository('pack').path}` })
    const { code, err } = await other.type('remove', 'pack')
    expect(code).toBe(78)
    expect(err).toContain('Take pack out of COMFY_NODES')
  })

  test('the folder of all nodes, one in it, and one around it are no nodes', async () => {
    const scene = await aNodesScene()
    await symlink(scene.nodes, `${scene.root}/link`)
    for (const path of [scene.nodes, `${scene.nodes}/x`, scene.home, `${scene.root}/link`]) {
      const { code, err } = await scene.type('add', path)
      expect(code, path).toBe(64)
      expect(err).toContain('A node cannot be')
    }
    expect(await readFile(`${scene.root}/workspace/.comfy-init/nodes.yaml`, 'utf8')).toBe('nodes: []\n')
  })

  test.each([
    [['add', 'https://user:s3cret@host/a/b'], 'NODE_CREDENTIALS_WRITTEN'],
    [['add', 'oauth2:s3cret@github.com/o/r'], 'NODE_CREDENTIALS_WRITTEN'],
    [['add', 'no such thing'], 'ARGUMENTS_INVALID'],
    [['remove', 'exampl'], 'NODE_UNKNOWN'],
  ])('%j is refused before anything is written', async (words, code) => {
    const scene = await aNodesScene()
    const { err } = await scene.type(...words)
    expect(err).toContain(`(${code})`)
    expect(err).not.toContain('s3cret')
    expect(await readFile(`${scene.root}/workspace/.comfy-init/nodes.yaml`, 'utf8')).toBe('nodes: []\n')
  })
})

describe('lock and update', () => {
  test('lock finds out without getting, and --json writes nothing', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    const tagged = pack.commit({ 'a.py': '' }, { tag: 'v1' })
    await scene.manifest(`nodes:\n  - git: file://${pack.path}\n    ref: v1\n`)
    const lockFile = `${scene.root}/workspace/.comfy-init/nodes.lock.json`
    const printed = await scene.type('lock', '--json')
    expect(printed.code).toBe(0)
    expect(JSON.parse(printed.out).nodes).toMatchObject([{ folder: 'pack', commit: tagged }])
    await expect(readFile(lockFile)).rejects.toThrow()
    expect((await scene.type('lock')).out).toBe(
      `1 node and 0 packages are locked in ${lockFile}. Found out: pack.\n`,
    )
    expect(await readFile(lockFile, 'utf8')).toBe(printed.out)
    expect(await scene.text('pack/__init__.py')).toBeUndefined()
  })

  test('a branch that is not there is said, with 1', async () => {
    const scene = await aNodesScene()
    await scene.manifest(`nodes:\n  - git: file://${scene.repository('pack').path}\n    ref: nothing\n`)
    const { code, err } = await scene.type('lock', '--json')
    expect(code).toBe(1)
    expect(err).toContain('there is no branch or tag nothing')
  })

  test('a sync stays at its pin, an update moves to the newest that is allowed', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    await scene.manifest(`nodes:\n  - git: file://${pack.path}\n`)
    await scene.type('sync')
    const first = pack.head()
    const second = pack.commit({ 'new.py': 'new' })
    await scene.type('sync')
    expect((await scene.list()).pack?.pin).toBe(first)
    const { code, out } = await scene.type('update', 'pack')
    expect(code).toBe(0)
    expect(out).toContain(`pack: ${first.slice(0, 12)} → ${second.slice(0, 12)}\n`)
    expect(await scene.text('pack/new.py')).toBe('new')
  })

  test('what somebody changed is neither updated nor locked anew', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    await scene.manifest(`nodes:\n  - git: file://${pack.path}\n`)
    await scene.type('sync')
    const first = pack.head()
    pack.commit({ 'new.py': 'new' })
    await writeFile(`${scene.nodes}/pack/__init__.py`, '# changed\n')
    const { code, err } = await scene.type('update')
    expect(code).toBe(1)
    expect(err).toContain('(NODE_CHANGED_LOCALLY)')
    expect(await scene.text('pack/__init__.py')).toBe('# changed\n')
    expect(await readFile(`${scene.root}/workspace/.comfy-init/nodes.lock.json`, 'utf8')).toContain(first)
  })
})

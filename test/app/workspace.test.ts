import { rm, symlink } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { changeTree } from '../../src/app/workspace/change-tree.ts'
import { workspaceStatus } from '../../src/app/workspace/status.ts'
import { verifyWorkspace } from '../../src/app/workspace/verify.ts'
import { realHost } from '../../src/host/host.ts'
import { filesIn, imageAt, put, THEIRS, usedWorkspace } from '../features/workspace/two-images.ts'
import { listing } from '../support/tree-listing.ts'
import { aHolder, aScene, elsewhere, inputOf, textIn, withoutRoom } from './workspace-acts.ts'

describe('status', () => {
  test('it names both ComfyUIs, in what they differ, and what the next start does, without walking through a tree', async () => {
    const scene = await aScene()
    const walked: string[] = []
    const walk: typeof scene.host.fs.walk = (path, options) => {
      walked.push(path)
      return scene.host.fs.walk(path, options)
    }
    const view = await workspaceStatus({ ...scene.host, fs: { ...scene.host.fs, walk } }, inputOf(scene))

    expect(walked).toEqual([])
    expect(view).toMatchObject({
      state: 'ours',
      comfyui: { version: '0.33.0' },
      image: { version: '0.34.0' },
    })
    expect(view.differences.map(({ what }) => what)).toEqual(['version', 'requirements'])
    expect(view.nextStart.act).toBe('upgrade-if-unchanged')
    expect(view).toMatchObject({ previous: undefined, staged: undefined, holder: undefined, keptChanges: [] })
  })

  test.each([
    ['COMFY_UPGRADE=auto', { upgrade: 'auto' }, 'upgrade'],
    ['COMFY_UPGRADE=keep', { upgrade: 'keep' }, 'keep'],
    ['COMFY_ADOPT=link', { adopt: 'link' }, 'link'],
  ])('with %s it says what comes of that', async (_, flags, act) => {
    const scene = await aScene()
    const view = await workspaceStatus(scene.host, { ...inputOf(scene), flags: { ...scene.flags, ...flags } })
    expect(view.nextStart.act).toBe(act)
  })

  test('an empty workspace is going to be given the image’s ComfyUI', async () => {
    const scene = await aScene((root) => imageAt(root, '0.33.0'))
    const view = await workspaceStatus(scene.host, inputOf(scene))
    expect(view).toMatchObject({ state: 'absent', comfyui: undefined, nextStart: { act: 'adopt' } })
  })

  test('a holder is shown while it lives, and one that was killed is not', async () => {
    const scene = await aScene()
    await aHolder(scene)
    const { holder } = await workspaceStatus(scene.host, inputOf(scene))
    expect(holder).toMatchObject({ instance: 'comfy', pid: process.pid, isHere: true, isSure: true })

    const other = await aScene()
    const lock = `${other.root}/workspace/.comfy-init/lock`
    const left = await scene.host.fs.readText(`${scene.root}/workspace/.comfy-init/lock`)
    await put(lock, left ?? '')
    expect((await workspaceStatus(other.host, inputOf(other))).holder).toBeUndefined()
    await put(lock, (left ?? '').replace(/"bootId": "[^"]*"/, '"bootId": "another kernel"'))
    expect((await workspaceStatus(other.host, inputOf(other))).holder).toMatchObject({ isSure: false })
  })
})

describe('verify', () => {
  test('a tree whose code nobody changed is whole, and what is the person’s is told apart', async () => {
    const scene = await aScene()
    const before = await listing(scene.root)
    const found = await verifyWorkspace(scene.host, inputOf(scene))
    expect(found).toMatchObject({ whole: true, changed: [], missing: [] })
    expect(found.own).toContain('notes.txt')
    expect(found.own).toContain('custom_nodes/mine')
    expect(await listing(scene.root)).toEqual(before)
  })

  test('changed and missing files of the code are told apart', async () => {
    const scene = await aScene()
    await put(`${scene.home}/main.py`, 'print("mine")\n')
    await rm(`${scene.home}/comfy/old.py`)
    const found = await verifyWorkspace(scene.host, inputOf(scene))
    expect(found).toMatchObject({ whole: false, changed: ['main.py'], missing: ['comfy/old.py'] })
  })

  test('without a list of what it came with nothing can be told', async () => {
    const scene = await aScene()
    await rm(`${scene.home}/.comfy-init.manifest`)
    await expect(verifyWorkspace(scene.host, inputOf(scene))).rejects.toMatchObject({
      code: 'TREE_NOT_LISTED',
    })
  })

  test('a tree that cannot be read through is a fault of the machine', async () => {
    const scene = await aScene()
    const walk = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
    const host = { ...scene.host, fs: { ...scene.host.fs, walk } }
    await expect(verifyWorkspace(host, inputOf(scene))).rejects.toMatchObject({ code: 'TREE_NOT_READ' })
  })
})

describe('upgrade and rollback', () => {
  test('with nobody in the workspace both are done at once, and every file of the person’s stays', async () => {
    const scene = await aScene()
    const up = await changeTree(scene.host, inputOf(scene), 'upgrade')
    expect(up).toMatchObject({ result: 'done', from: '0.33.0', to: '0.34.0', keptChanges: undefined })
    expect(await textIn(scene, 'main.py')).toContain('0.34.0')
    expect((await filesIn(`${scene.root}/opt/ComfyUI`)).length).toBeGreaterThan(5)
    const back = await changeTree(scene.host, inputOf(scene), 'rollback')
    expect(back).toMatchObject({ result: 'done', from: '0.34.0', to: '0.33.0', problems: [] })
    expect(await textIn(scene, 'main.py')).toContain('0.33.0')
    for (const [name, text] of Object.entries(THEIRS)) expect(await textIn(scene, name), name).toBe(text)
    expect(await wishOf(scene.root)).toBeUndefined()
    const view = await workspaceStatus(scene.host, inputOf(scene))
    expect(view).toMatchObject({
      nextStart: { act: 'keep' },
      previous: { version: '0.34.0' },
      holder: undefined,
    })
  })

  test('COMFY_UPGRADE=auto does not undo a rollback in the same breath', async () => {
    const scene = await aScene()
    const input = { ...inputOf(scene), flags: { ...scene.flags, upgrade: 'auto' } }
    await changeTree(scene.host, input, 'upgrade')
    await changeTree(scene.host, input, 'rollback')
    expect(await textIn(scene, 'main.py')).toContain('0.33.0')
  })

  test('what was changed in the code is kept apart, and the folder is named', async () => {
    const scene = await aScene()
    await put(`${scene.home}/main.py`, 'print("mine")\n')
    const { keptChanges } = await changeTree(scene.host, inputOf(scene), 'upgrade')
    expect(keptChanges).toMatch(/\/\.comfy-init\/changes\/2026-/)
    expect(await scene.host.fs.readText(`${keptChanges}/files/main.py`)).toBe('print("mine")\n')
  })

  test('the same ComfyUI needs no upgrade, and an image that was moved has no other one', async () => {
    const same = await aScene(async (root) => {
      await usedWorkspace(root)
      return imageAt(root, '0.33.0')
    })
    expect(await changeTree(same.host, inputOf(same), 'upgrade')).toMatchObject({ result: 'same' })
    await rm(`${same.root}/opt/ComfyUI`, { recursive: true })
    await symlink(same.home, `${same.root}/opt/ComfyUI`)
    expect(await changeTree(same.host, inputOf(same), 'upgrade')).toMatchObject({ result: 'image-is-moved' })
  })

  test('what cannot be done is refused before anything is written', async () => {
    const scene = await aScene()
    const code = (flags: Readonly<Record<string, string>>, act: 'upgrade' | 'rollback') =>
      changeTree(scene.host, { ...inputOf(scene), flags: { ...scene.flags, ...flags } }, act).catch(
        (error) => error.code,
      )
    expect(await code({}, 'rollback')).toBe('NO_PREVIOUS_TREE')
    expect(await code({ adopt: 'link' }, 'upgrade')).toBe('NO_TREE_TO_CHANGE')
    expect(await wishOf(scene.root)).toBeUndefined()
    const fresh = await aScene((root) => imageAt(root, '0.33.0'))
    await expect(changeTree(fresh.host, inputOf(fresh), 'upgrade')).rejects.toMatchObject({
      code: 'NO_TREE_TO_CHANGE',
    })
    expect(await filesIn(`${fresh.root}/workspace`)).toEqual([])
  })

  test('without room nothing is begun, and no start is left a wish that it would refuse', async () => {
    const scene = await aScene()
    const changed = await changeTree(withoutRoom(scene.host), inputOf(scene), 'upgrade')
    expect(changed.result).toBe('not-done')
    expect(changed.problems.map(({ code }) => code)).toContain('NO_ROOM')
    expect(await wishOf(scene.root)).toBeUndefined()
    await aHolder(scene, 'ready')
    await expect(changeTree(withoutRoom(scene.host), inputOf(scene), 'upgrade')).rejects.toThrow(
      'Cannot move',
    )
    expect(await wishOf(scene.root)).toBeUndefined()
  })

  test('while ComfyUI runs the next start is asked for it', async () => {
    const scene = await aScene()
    await aHolder(scene, 'ready')
    const changed = await changeTree(scene.host, inputOf(scene), 'upgrade')
    expect(changed).toMatchObject({ result: 'at-next-start', from: '0.33.0', to: '0.34.0' })
    expect(await textIn(scene, 'main.py')).toContain('0.33.0')
    expect(await wishOf(scene.root)).toBe('{"act":"upgrade"}\n')
    expect(await workspaceStatus(scene.host, inputOf(scene))).toMatchObject({
      wish: 'upgrade',
      nextStart: { act: 'upgrade' },
      holder: { isHere: true },
    })
  })

  test.each([
    ['is still preparing', 'preparing' as const, 'still putting things'],
    ['does not answer', undefined, `process ${process.pid}`],
  ])('a comfy-init in this container that %s is not disturbed', async (_, phase, words) => {
    const scene = await aScene()
    await aHolder(scene, phase)
    const error = await changeTree(scene.host, inputOf(scene), 'upgrade').catch((thrown) => thrown)
    expect(error.code).toBe('WORKSPACE_BUSY')
    expect(error.in('docker').why).toContain(words)
    expect(await wishOf(scene.root)).toBeUndefined()
  })

  test('another container that uses the workspace is named, with what to type there', async () => {
    const scene = await aScene()
    await aHolder({ ...scene, host: elsewhere(scene) })
    const error = await changeTree(scene.host, inputOf(scene), 'rollback').catch((thrown) => thrown)
    expect(error.code).toBe('WORKSPACE_BUSY')
    expect(error.in('podman').why).toMatch(/^Another container uses it: \S+ \(comfy\) since 2026-/)
    expect(error.in('podman').remedy).toContain('podman exec CONTAINER comfy-init workspace rollback')
    expect((await workspaceStatus(scene.host, inputOf(scene))).holder).toMatchObject({ isHere: false })
  })

  test('a switch that was cut is finished first, and then what was asked for is done', async () => {
    const scene = await aScene()
    await cutSwitch(scene)
    expect(await workspaceStatus(scene.host, inputOf(scene))).toMatchObject({ state: 'switching' })
    const changed = await changeTree(scene.host, inputOf(scene), 'rollback')
    expect(changed).toMatchObject({ result: 'done', from: '0.34.0', to: '0.33.0' })
    expect(await textIn(scene, 'main.py')).toContain('0.33.0')
    for (const [name, text] of Object.entries(THEIRS)) expect(await textIn(scene, name), name).toBe(text)
  })
})

// The first rename of the tree that leaves is refused, as if the container had ended there.
async function cutSwitch(scene: Awaited<ReturnType<typeof aScene>>): Promise<void> {
  const rename: typeof scene.host.fs.rename = (from, to, options) =>
    from === scene.home
      ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
      : scene.host.fs.rename(from, to, options)
  const host = { ...scene.host, fs: { ...scene.host.fs, rename } }
  const changed = await changeTree(host, inputOf(scene), 'upgrade')
  expect(changed.problems.map(({ code }) => code)).toEqual(['SWITCH_NOT_FINISHED'])
}

function wishOf(root: string): Promise<string | undefined> {
  return realHost().fs.readText(`${root}/workspace/.comfy-init/trees/wish.json`)
}

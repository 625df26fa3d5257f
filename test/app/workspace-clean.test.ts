import { execFileSync } from 'node:child_process'
import { chmod, chown, stat } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { changeTree } from '../../src/app/workspace/change-tree.ts'
import { cleanWorkspace } from '../../src/app/workspace/clean.ts'
import { put, THEIRS } from '../features/workspace/two-images.ts'
import { listing } from '../support/tree-listing.ts'
import { aHolder, aScene, inputOf, type Scene, textIn } from './workspace-acts.ts'

/** A workspace after an upgrade from a changed 0.33.0, with a copy that was begun. */
async function upgraded(): Promise<Scene> {
  const scene = await aScene()
  await put(`${scene.home}/main.py`, 'print("mine")\n')
  await changeTree(scene.host, inputOf(scene), 'upgrade')
  await put(`${trees(scene)}/next/ComfyUI/main.py`, 'half')
  return scene
}

test('the previous tree and a begun copy go, and nothing else does', async () => {
  const scene = await upgraded()
  const others = async () =>
    (await listing(`${scene.root}/workspace`)).filter(
      (line) => !/^\.comfy-init\/(trees\/(previous|next)|lock)/.test(line),
    )
  const before = await others()
  const cleaned = await cleanWorkspace(scene.host, inputOf(scene))

  expect(cleaned.result).toBe('done')
  expect(cleaned.removed.map(({ what, bytes }) => [what, bytes > 4096])).toEqual([
    ['previous', true],
    ['staged', true],
  ])
  expect(await isThere(`${trees(scene)}/previous`)).toBe(false)
  expect(await isThere(`${trees(scene)}/next`)).toBe(false)
  expect(await others()).toEqual(before)
  for (const [name, text] of Object.entries(THEIRS)) expect(await textIn(scene, name), name).toBe(text)
  expect(await cleanWorkspace(scene.host, inputOf(scene))).toMatchObject({ result: 'nothing-to-do' })
})

describe.skipIf(process.getuid?.() !== 0)('a folder of root’s that nobody else may look into', () => {
  const cleaning = async (asStarted: Scene['host']['users']['asStarted'] | undefined) => {
    const scene = await upgraded()
    const secret = `${trees(scene)}/previous/ComfyUI/output/secret`
    await put(`${secret}/pic.png`, 'x'.repeat(1_000_000))
    execFileSync('chown', ['-R', '1000:1000', `${scene.root}/workspace`])
    await chown(secret, 0, 0)
    await chmod(secret, 0o700)
    const { users } = scene.host
    const host = { ...scene.host, users: { ...users, asStarted: asStarted ?? users.asStarted } }
    const input = { ...inputOf(scene), flags: { ...scene.flags, uid: '1000', gid: '1000' } }
    const cleaned = await cleanWorkspace(host, input).finally(() => users.actAs(undefined))
    return { cleaned, isLeft: await isThere(secret) }
  }

  test('goes with the rest, and counts as freed', async () => {
    const { cleaned, isLeft } = await cleaning(undefined)
    expect([cleaned.result, isLeft]).toEqual(['done', false])
    expect(cleaned.removed.find(({ what }) => what === 'previous')?.bytes).toBeGreaterThan(1_000_000)
  })

  test('stays where we never were root, and that is said', async () => {
    const { cleaned, isLeft } = await cleaning((act) => act())
    expect([cleaned.result, isLeft]).toEqual(['not-done', true])
  })
})

test('a cleaning that was cut leaves nothing to go back to, and is done again', async () => {
  const scene = await upgraded()
  const remove: Scene['host']['fs']['remove'] = (path) =>
    path === `${trees(scene)}/previous`
      ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
      : scene.host.fs.remove(path)
  const host = { ...scene.host, fs: { ...scene.host.fs, remove } }
  expect(await cleanWorkspace(host, inputOf(scene))).toMatchObject({ result: 'not-done', removed: [] })

  await expect(changeTree(scene.host, inputOf(scene), 'rollback')).rejects.toMatchObject({
    code: 'NO_PREVIOUS_TREE',
  })
  expect(await cleanWorkspace(scene.host, inputOf(scene))).toMatchObject({ result: 'done' })
  expect(await isThere(`${trees(scene)}/previous`)).toBe(false)
})

test('it works beside a ComfyUI that runs, but not beside a start, a rollback that is asked for, or a cut switch', async () => {
  const scene = await upgraded()
  const refused = () =>
    cleanWorkspace(scene.host, inputOf(scene)).then(
      () => 'done',
      (error) => `${error.code} ${error.details.why}`,
    )
  await put(`${trees(scene)}/wish.json`, '{"act":"rollback"}')
  expect(await refused()).toBe('WORKSPACE_BUSY rollback')
  await scene.host.fs.remove(`${trees(scene)}/wish.json`)
  const record = { layout: 1, act: 'upgrade', phase: 'carry', to: 'x', startedAt: 'y', isOlder: false }
  await put(`${trees(scene)}/switch.json`, JSON.stringify(record))
  expect(await refused()).toBe('WORKSPACE_BUSY switching')
  await scene.host.fs.remove(`${trees(scene)}/switch.json`)
  await aHolder(scene, 'ready')
  expect(await refused()).toBe('done')
})

test('a start that is under way keeps its trees', async () => {
  const scene = await upgraded()
  await aHolder(scene, 'preparing')
  await expect(cleanWorkspace(scene.host, inputOf(scene))).rejects.toMatchObject({ code: 'WORKSPACE_BUSY' })
  expect(await isThere(`${trees(scene)}/previous`)).toBe(true)
})

function trees({ root }: Scene): string {
  return `${root}/workspace/.comfy-init/trees`
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

import { expect, test } from 'vitest'
import type { Changed } from '../../src/app/workspace/change-tree.ts'
import { answer } from '../../src/cli/main.ts'
import { changedText } from '../../src/cli/workspace/change-text.ts'
import type { Host } from '../../src/host/host.ts'
import { aHolder, aScene, type Scene } from '../app/workspace-acts.ts'
import { put } from '../features/workspace/two-images.ts'
import { aDesk, capturingHost } from '../support/desk.ts'

test.each([
  [['workspace'], 'ACT is missing', 'remedy   comfy-init workspace status\n'],
  [['workspace', 'upgrad'], 'ACT is one of status, verify', 'remedy   comfy-init workspace upgrade\n'],
  [['workspace', 'status', 'now'], 'takes one word', ''],
])('%j is explained and ends with 64', async (argv, why, remedy) => {
  const { host, err } = capturingHost()
  expect(await answer(aDesk(host), argv)).toBe(64)
  expect(err()).toContain(why)
  expect(err()).toContain(remedy)
})

test('status is a table for a person, and one document with --json', async () => {
  const scene = await aScene()
  expect(await type(scene, 'status')).toBe(0)
  expect(scene.out()).toContain(`workspace    ${scene.root}/workspace\n`)
  expect(scene.out()).toMatch(/^ComfyUI {6}0\.33\.0, taken 2026-11-21 00:00 UTC, in /m)
  expect(scene.out()).toContain(`image        0.34.0, in ${scene.root}/opt/ComfyUI\n`)
  expect(scene.out()).toMatch(/^they differ {2}version: 0\.33\.0, in the image 0\.34\.0$/m)
  expect(scene.out()).toMatch(
    /^next start {3}The image’s ComfyUI 0\.34\.0 takes its place if nobody changed/m,
  )
  expect(scene.out()).not.toContain('previous')

  const again = await aScene()
  expect(await type(again, 'status', '--json')).toBe(0)
  expect(JSON.parse(again.out())).toMatchObject({ state: 'ours', nextStart: { act: 'upgrade-if-unchanged' } })
})

test('verify ends with 0 for code as it came and with 1 for changed code, which it lists', async () => {
  const scene = await aScene()
  expect(await type(scene, 'verify')).toBe(0)
  expect(scene.out()).toContain(`ComfyUI 0.33.0 in ${scene.home} is as it came.\n`)
  expect(scene.out()).toMatch(/^yours {6}\d+: /m)
  await put(`${scene.home}/main.py`, 'print("mine")\n')
  expect(await type(scene, 'verify')).toBe(1)
  expect(scene.out()).toMatch(/is not as it came\.\n[\s\S]*^changed {4}main\.py$/m)
})

test('upgrade, rollback and clean log their steps and say what became of it', async () => {
  const scene = await aScene()
  expect(await type(scene, 'upgrade')).toBe(0)
  expect(scene.err()).toContain('Switch to ComfyUI 0.34.0, and keep 0.33.0 as the previous one: done in')
  expect(scene.out()).toContain(
    'Upgraded from ComfyUI 0.33.0 to 0.34.0. 0.33.0 is kept as the previous one: comfy-init workspace rollback',
  )
  expect(await type(scene, 'rollback')).toBe(0)
  expect(scene.out()).toContain('Went back from ComfyUI 0.34.0 to 0.33.0.')
  expect(await type(scene, 'clean')).toBe(0)
  expect(scene.out()).toMatch(/KiB came free\.\nprevious ComfyUI {2}\d/)
  expect(await type(scene, 'rollback')).toBe(64)
  expect(scene.err()).toContain('(NO_PREVIOUS_TREE)')
})

test('with --json an upgrade is one document: what was done, step by step', async () => {
  const scene = await aScene()
  expect(await type(scene, 'upgrade', '--json')).toBe(0)
  const { act, result, steps, problems } = JSON.parse(scene.out())
  expect({ act, result, problems }).toEqual({ act: 'upgrade', result: 'done', problems: [] })
  expect(steps.map(({ id, result }: Record<string, unknown>) => `${id} ${result}`)).toEqual([
    'workspace/stage-upgrade done',
    'workspace/prepare-switch done',
    'workspace/switch done',
  ])
})

test('while ComfyUI runs it is left to the next start, worded for the runtime', async () => {
  const scene = await aScene()
  await aHolder(scene, 'ready')
  expect(await type(scene, 'upgrade')).toBe(0)
  expect(scene.out()).toContain(
    'ComfyUI 0.33.0 runs. 0.34.0 takes its place at the next start of the container',
  )
  const changed = { act: 'rollback', result: 'at-next-start', from: '2', to: '1' } as const
  const said = (runtime: Changed['runtime']) =>
    changedText({ ...changed, runtime, steps: [], problems: [], stoppedBy: undefined })
  expect(said('docker')).toContain('docker restart CONTAINER')
  expect(said('kubernetes')).toContain('kubectl delete pod POD')
})

test('a signal ends it in order: nothing was switched, and no start is asked for it', async () => {
  const scene = await aScene()
  const copyTree: Host['fs']['copyTree'] = (from, to, options) => {
    scene.signals.get('SIGTERM')?.()
    return scene.host.fs.copyTree(from, to, options)
  }
  const host = { ...scene.host, fs: { ...scene.host.fs, copyTree } }
  expect(await answer(aDesk(host), ['workspace', 'upgrade', ...scene.argv])).toBe(143)
  expect(await scene.host.fs.readText(`${scene.home}/main.py`)).toContain('0.33.0')
  expect(await scene.host.fs.readText(`${scene.root}/workspace/.comfy-init/trees/wish.json`)).toBeUndefined()
})

test('what the machine refuses ends with the code of its kind, said once', async () => {
  const scene = await aScene()
  const space = async () => ({ freeBytes: 0, freeInodes: 0 })
  const host = { ...scene.host, fs: { ...scene.host.fs, space } }
  expect(await answer(aDesk(host), ['workspace', 'upgrade', ...scene.argv])).toBe(69)
  expect(scene.err().match(/\(NO_ROOM\)/g)).toHaveLength(1)
  expect(scene.out()).toBe('')
})

function type(scene: Scene, act: string, ...more: readonly string[]): Promise<number> {
  return answer(aDesk(scene.host), ['workspace', act, ...scene.argv, ...more])
}

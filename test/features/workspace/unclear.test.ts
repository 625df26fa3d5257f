import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { treesIn } from '../../../src/base/layout.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { applyOnce, bootWorkspace, planFor, steadyHost } from './real-boot.ts'
import { filesIn, usedWorkspace } from './two-images.ts'

describe('a switch of which nobody knows how far it is', () => {
  test.each([
    ['of a later version', (path: string) => writeFile(path, '{"layout":2}')],
    ['that is empty', (path: string) => writeFile(path, '')],
    ['that is a folder', (path: string) => mkdir(path)],
  ])('a record %s refuses the boot, and nothing is touched', async (_, write) => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const { retired, record } = treesIn(`${root}/workspace/.comfy-init/trees`)
    await mkdir(retired.folder, { recursive: true })
    await rename(`${root}/workspace/ComfyUI`, retired.tree)
    await write(record)
    const before = await filesIn(root)

    const report = await applyOnce(steadyHost(), await planFor(steadyHost(), settings))

    expect(report.verdict).toBe('failed')
    expect(report.problems.map(({ code, level }) => `${level} ${code}`)).toContain('blocking SWITCH_UNCLEAR')
    expect(await filesIn(root)).toEqual(before)
  })

  test('a tree that left its place without a record is not passed over either', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const { retired } = treesIn(`${root}/workspace/.comfy-init/trees`)
    await mkdir(retired.folder, { recursive: true })
    await rename(`${root}/workspace/ComfyUI`, retired.tree)
    const { problems } = await planFor(steadyHost(), settings)
    expect(problems.map(({ code }) => code)).toContain('SWITCH_UNCLEAR')
  })
})

describe('what stands in the way of a switch', () => {
  test('a copy that fails leaves ComfyUI as it is, and is only a warning', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const host = steadyHost()
    const copyTree: typeof host.fs.copyTree = () =>
      Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const report = await applyOnce({ ...host, fs: { ...host.fs, copyTree } }, await planFor(host, settings))
    expect(report.verdict).toBe('degraded')
    expect(report.problems.map(({ code, level }) => `${level} ${code}`)).toEqual(['warning IMAGE_NOT_COPIED'])
    expect(await readFile(`${root}/workspace/ComfyUI/main.py`, 'utf8')).toContain('0.33.0')
    expect(await filesIn(`${root}/opt/ComfyUI`)).toContain('main.py')
  })

  test('a database that does not fit stops it before anything is moved', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const host = steadyHost()
    const copy: typeof host.fs.copy = () =>
      Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC', path: 'comfyui.db' }))
    await bootWorkspace({ ...host, fs: { ...host.fs, copy } }, settings).catch(() => {})
    expect(await readFile(`${root}/workspace/ComfyUI/main.py`, 'utf8')).toContain('0.33.0')
    expect(await filesIn(`${root}/workspace/.comfy-init/trees`)).not.toContain('switch.json')
    await bootWorkspace(steadyHost(), settings)
    expect(await readFile(`${root}/workspace/ComfyUI/main.py`, 'utf8')).toContain('0.34.0')
  })

  test('a boot in which it cannot begin ends with what is there, and goes no rounds in vain', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const host = steadyHost()
    const copy: typeof host.fs.copy = () =>
      Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC', path: 'comfyui.db' }))
    const poor = { ...host, fs: { ...host.fs, copy } }
    await applyOnce(poor, await planFor(poor, settings))
    const again = await applyOnce(poor, await planFor(poor, settings))
    const results = Object.fromEntries(again.steps.map(({ id, result }) => [id, result]))
    expect(results).toMatchObject({
      'workspace/stage-upgrade': 'not-needed',
      'workspace/prepare-switch': 'failed',
      'workspace/switch': 'not-needed',
      'workspace/give-way': 'not-needed',
    })
    expect(again.verdict).toBe('degraded')
  })

  test('a folder that is somebody else’s is named to whoever is not root', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const host = steadyHost()
    const users = { ...host.users, ids: () => ({ uid: 4321, gid: 4321, groups: [] }) }
    const plan = await planFor(host, settings)
    const report = await applyOnce({ ...host, users }, plan, host.users.ids())
    const home = `${root}/workspace/ComfyUI`
    const problem = report.problems.find(({ code }) => code === 'SWITCH_NOT_BEGUN')
    expect(problem?.in('docker').why).toContain(`EACCES at ${home}, `)
    expect(await readFile(`${home}/main.py`, 'utf8')).toContain('0.33.0')
  })
})

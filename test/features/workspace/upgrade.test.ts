import { mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { treesIn } from '../../../src/base/layout.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { bootWorkspace, planFor, steadyHost } from './real-boot.ts'
import { filesIn, imageAt, linkAt, put, THEIRS, usedWorkspace } from './two-images.ts'

describe('an upgrade', () => {
  test('it gives a tree that nobody changed the image’s code and keeps every file of the person’s', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const home = `${root}/workspace/ComfyUI`
    const steps = (await planFor(steadyHost(), settings)).steps.map(({ id }) => id)
    expect(steps).toEqual([
      'workspace/stage-upgrade',
      'workspace/prepare-switch',
      'workspace/switch',
      'workspace/give-way',
    ])

    const reports = await bootWorkspace(steadyHost(), settings)

    expect(reports.map(({ verdict }) => verdict)).toEqual(['healthy'])
    for (const [name, text] of Object.entries(THEIRS)) expect(await textAt(`${home}/${name}`)).toBe(text)
    expect(await textAt(`${home}/main.py`)).toContain('0.34.0')
    expect(await textAt(`${home}/custom_nodes/example/__init__.py`)).toBe('second\n')
    expect(await filesIn(home)).not.toContain('comfy/old.py')
    expect(await filesIn(home)).toContain('models/new_category/put_new_models_here')
    expect(await readlink(`${root}/opt/ComfyUI`)).toBe(home)
    expect(await planFor(steadyHost(), settings)).toMatchObject({ steps: [], problems: [] })
  })

  test('the old tree is the previous one, whole but for what was carried over, with its database', async () => {
    const root = await tempFolder()
    await bootWorkspace(steadyHost(), await usedWorkspace(root))
    const { previous, next, retired, record } = treesIn(`${root}/workspace/.comfy-init/trees`)
    expect(await textAt(`${previous.tree}/main.py`)).toContain('0.33.0')
    expect(await textAt(`${previous.tree}/custom_nodes/example/__init__.py`)).toBe('first\n')
    expect(await textAt(`${previous.database}/comfyui.db`)).toBe(THEIRS['user/comfyui.db'])
    expect(await textAt(`${previous.replaced}/custom_nodes/bundled/__init__.py`)).toBe('bundled\n')
    for (const gone of [next.folder, retired.folder, record])
      await expect(filesIn(gone)).rejects.toThrow('ENOENT')
  })

  test('a changed tree is kept with a notice that names the change', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    await put(`${root}/workspace/ComfyUI/main.py`, 'print("mine")\n')
    const { steps, problems } = await planFor(steadyHost(), settings)
    expect(steps.map(({ id }) => id)).toEqual(['workspace/decline-image'])
    expect(problems.map(({ code, level }) => `${level} ${code}`)).toEqual(['warning IMAGE_DIFFERS'])
    const { what, why } = problems[0]?.in('docker') ?? {}
    expect(what).toBe('The workspace has ComfyUI 0.33.0, the image has 0.34.0.')
    expect(why).toContain('you changed main.py')
    expect(await linkAt(`${root}/opt/ComfyUI`)).toBe('no link')

    await bootWorkspace(steadyHost(), settings)
    const walked: unknown[] = []
    const host = steadyHost()
    const walk: typeof host.fs.walk = (path) => {
      walked.push(path)
      return host.fs.walk(path)
    }
    const again = await planFor({ ...host, fs: { ...host.fs, walk } }, settings)
    expect(again.steps).toEqual([])
    expect(again.problems[0]?.in('docker').why).toContain('you changed main.py')
    expect(walked).toEqual([])

    await bootWorkspace(steadyHost(), { ...settings, upgrade: 'auto' })
    expect(await textAt(`${root}/workspace/ComfyUI/main.py`)).toContain('0.34.0')
  })

  test('COMFY_UPGRADE=auto takes the image’s all the same and keeps the changed files', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const home = `${root}/workspace/ComfyUI`
    await put(`${home}/main.py`, 'print("mine")\n')
    await put(`${home}/comfy/new.py`, 'mine, where the image has one too\n')
    await rm(`${home}/comfy/old.py`)

    await bootWorkspace(steadyHost(), { ...settings, upgrade: 'auto' })

    const kept = `${root}/workspace/.comfy-init/changes/2026-11-21T00-00-00.000Z`
    expect(await textAt(`${home}/main.py`)).toContain('0.34.0')
    expect(await textAt(`${home}/comfy/new.py`)).toBe('new\n')
    expect(await textAt(`${kept}/files/main.py`)).toBe('print("mine")\n')
    expect(await textAt(`${kept}/files/comfy/new.py`)).toBe('mine, where the image has one too\n')
    expect(JSON.parse(await textAt(`${kept}/changes.json`)).files.sort()).toEqual([
      'comfy/new.py',
      'comfy/old.py',
      'main.py',
    ])
  })

  test.each(['keep', 'ask'] as const)('COMFY_UPGRADE=%s leaves the tree as it is', async (upgrade) => {
    const root = await tempFolder()
    const settings = { ...(await usedWorkspace(root)), upgrade }
    const { steps, problems } = await planFor(steadyHost(), settings)
    expect(steps).toEqual([])
    expect(problems[0]?.in('docker').why).toContain(`COMFY_UPGRADE is ${upgrade}`)
  })

  test('an older image does not take a newer tree’s place by itself', async () => {
    const root = await tempFolder()
    await bootWorkspace(steadyHost(), await imageAt(root, '0.34.0'))
    const { steps, problems } = await planFor(steadyHost(), await imageAt(root, '0.33.0'))
    expect(steps).toEqual([])
    expect(problems[0]?.in('docker').why).toContain('it is older')
  })

  test('an older one that is asked for gets a database of its own; the newer one is kept', async () => {
    const root = await tempFolder()
    await bootWorkspace(steadyHost(), await imageAt(root, '0.34.0'))
    await put(`${root}/workspace/ComfyUI/user/comfyui.db`, 'database of 0.34.0')
    await bootWorkspace(steadyHost(), { ...(await imageAt(root, '0.33.0')), upgrade: 'auto' })
    expect(await filesIn(`${root}/workspace/ComfyUI/user`)).toEqual([])
    const { previous } = treesIn(`${root}/workspace/.comfy-init/trees`)
    expect(await textAt(`${previous.database}/comfyui.db`)).toBe('database of 0.34.0')
  })

  test('a models folder that the person made a link stays theirs', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const home = `${root}/workspace/ComfyUI`
    await mkdir(`${root}/big`)
    await rm(`${home}/models`, { recursive: true })
    await symlink(`${root}/big`, `${home}/models`)
    await bootWorkspace(steadyHost(), settings)
    expect(await readlink(`${home}/models`)).toBe(`${root}/big`)
    expect(await textAt(`${home}/main.py`)).toContain('0.34.0')
  })
})

describe('going back', () => {
  test('it brings the previous tree and its database, and carries what is new over', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    const home = `${root}/workspace/ComfyUI`
    await bootWorkspace(steadyHost(), settings)
    await put(`${home}/user/comfyui.db`, 'database of 0.34.0')
    await put(`${home}/output/ComfyUI_00002_.png`, 'made by 0.34.0')
    await wish(root, 'rollback')

    const reports = await bootWorkspace(steadyHost(), settings)

    expect(reports.map(({ verdict }) => verdict)).toEqual(['healthy'])
    expect(await textAt(`${home}/main.py`)).toContain('0.33.0')
    expect(await textAt(`${home}/comfy/old.py`)).toBe('gone later\n')
    expect(await textAt(`${home}/output/ComfyUI_00002_.png`)).toBe('made by 0.34.0')
    for (const [name, text] of Object.entries(THEIRS))
      expect(await textAt(`${home}/${name}`), name).toBe(text)
    const { previous } = treesIn(`${root}/workspace/.comfy-init/trees`)
    expect(await textAt(`${previous.tree}/main.py`)).toContain('0.34.0')
    expect(await textAt(`${previous.database}/comfyui.db`)).toBe('database of 0.34.0')
  })

  test('the image that was gone back from is not taken again, until it is asked for; then nothing is copied', async () => {
    const root = await tempFolder()
    await bootWorkspace(steadyHost(), await usedWorkspace(root))
    await wish(root, 'rollback')
    const settings = await imageAt(root, '0.34.0')
    await bootWorkspace(steadyHost(), settings)

    const again = await planFor(steadyHost(), settings)
    expect(again.steps).toEqual([])
    expect(again.problems[0]?.in('docker').why).toContain('you went back from it')
    expect((await planFor(steadyHost(), { ...settings, upgrade: 'auto' })).steps).toEqual([])

    await wish(root, 'upgrade')
    const plan = await planFor(steadyHost(), settings)
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'workspace/prepare-switch',
      'workspace/switch',
      'workspace/give-way',
    ])
    await bootWorkspace(steadyHost(), settings)
    expect(await textAt(`${root}/workspace/ComfyUI/main.py`)).toContain('0.34.0')
  })

  test('rows written before going back outlive the tree that they were written with', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    await bootWorkspace(steadyHost(), settings)
    await put(`${root}/workspace/ComfyUI/user/comfyui.db`, 'rows of 0.34.0')
    await wish(root, 'rollback')
    await bootWorkspace(steadyHost(), settings)

    await bootWorkspace(steadyHost(), await imageAt(root, '0.35.0'))

    expect(await textAt(`${root}/workspace/ComfyUI/main.py`)).toContain('0.35.0')
    const kept = `${root}/workspace/.comfy-init/changes/2026-11-21T00-00-00.000Z/database/comfyui.db`
    expect(await textAt(kept)).toBe('rows of 0.34.0')
  })

  test('a previous tree whose main.py is not a file is nothing to go back to', async () => {
    const root = await tempFolder()
    const settings = await usedWorkspace(root)
    await bootWorkspace(steadyHost(), settings)
    const { previous } = treesIn(`${root}/workspace/.comfy-init/trees`)
    await rm(`${previous.tree}/main.py`)
    await mkdir(`${previous.tree}/main.py`)
    await wish(root, 'rollback')
    const { steps, problems } = await planFor(steadyHost(), settings)
    expect(steps.map(({ id }) => id)).toEqual(['workspace/clear-wish'])
    expect(problems.map(({ code }) => code)).toEqual(['NO_PREVIOUS_TREE'])
  })

  test('without a previous tree it says so and goes on', async () => {
    const root = await tempFolder()
    const settings = await imageAt(root, '0.33.0')
    await bootWorkspace(steadyHost(), settings)
    await wish(root, 'rollback')
    const { steps, problems } = await planFor(steadyHost(), settings)
    expect(steps.map(({ id }) => id)).toEqual(['workspace/clear-wish'])
    expect(problems.map(({ code, level }) => `${level} ${code}`)).toEqual(['warning NO_PREVIOUS_TREE'])
  })
})

function wish(root: string, act: string): Promise<void> {
  return put(`${root}/workspace/.comfy-init/trees/wish.json`, JSON.stringify({ act }))
}

function textAt(path: string): Promise<string> {
  return readFile(path, 'utf8')
}

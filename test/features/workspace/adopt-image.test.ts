import { mkdir, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { MARKER } from '../../../src/base/layout.ts'
import type { Host } from '../../../src/host/host.ts'
import { cuttingHost, type When } from '../../support/cutting-host.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { listing } from '../../support/tree-listing.ts'
import { anImageIn, applyOnce, bootWorkspace, planFor, steadyHost } from './real-boot.ts'

describe('the first boot', () => {
  test('it copies the tree with modes and times, and leaves a link at its place', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    const before = await listing(`${root}/opt/ComfyUI`)

    const [first] = await bootWorkspace(steadyHost(), settings)

    expect(first?.verdict).toBe('healthy')
    const copied = await listing(`${root}/workspace/ComfyUI`)
    expect(copied).toEqual(expect.arrayContaining([...before]))
    expect(await readlink(`${root}/opt/ComfyUI`)).toBe(`${root}/workspace/ComfyUI`)
    expect(await listing(`${root}/opt/ComfyUI.image`)).toEqual(before)
    expect((await readdir(`${root}/workspace/ComfyUI`)).sort()).toEqual(
      expect.arrayContaining([MARKER, 'custom_nodes', 'input', 'models', 'output', 'user']),
    )
    expect((await stat(`${root}/workspace/.comfy-init/home`)).mode & 0o777).toBe(0o700)
  })

  test('a second boot plans nothing and changes nothing', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    await bootWorkspace(steadyHost(), settings)
    const before = await listing(root)

    expect((await planFor(steadyHost(), settings)).steps).toEqual([])
    expect(await bootWorkspace(steadyHost(), settings)).toEqual([])
    expect(await listing(root)).toEqual(before)
  })

  test('progress is told in bytes up to the whole size', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    const host = steadyHost()
    const told: (readonly [number, number, string])[] = []
    for (const step of (await planFor(host, settings)).steps)
      await step.apply(host, (...each) => told.push(each), new AbortController().signal)
    const last = told.at(-1)
    expect(told.length).toBeGreaterThan(3)
    expect(last?.[0]).toBe(last?.[1])
    expect(last?.[2]).toBe('bytes')
  })

  test('an empty folder with an empty folder in it gives way to the tree', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    await mkdir(`${root}/workspace/ComfyUI`)
    expect((await bootWorkspace(steadyHost(), settings))[0]?.verdict).toBe('healthy')
    expect(await readdir(`${root}/workspace/ComfyUI`)).toContain('main.py')
  })

  test('files that came after the look are refused and left alone', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    const plan = await planFor(steadyHost(), settings)
    await mkdir(`${root}/workspace/ComfyUI`)
    await writeFile(`${root}/workspace/ComfyUI/mine.txt`, 'mine')

    const report = await applyOnce(steadyHost(), plan)

    expect(report.verdict).toBe('failed')
    expect(report.problems.map(({ code }) => code)).toContain('WORKSPACE_FOREIGN')
    expect(await readdir(`${root}/workspace/ComfyUI`)).toEqual(['mine.txt'])
    expect(await readdir(`${root}/opt/ComfyUI`)).toContain('main.py')
  })

  test('a copy that lost a file never becomes the tree', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    const host = steadyHost()
    const lossy: Host = {
      ...host,
      fs: {
        ...host.fs,
        copyTree: async (from, to, options) => {
          await host.fs.copyTree(from, to, options)
          await rm(`${to}/comfy/cli_args.py`)
        },
      },
    }
    const report = await applyOnce(lossy, await planFor(host, settings))
    expect(report.problems.map(({ code }) => code)).toContain('IMAGE_COPY_DIFFERS')
    expect(await readdir(`${root}/workspace`)).not.toContain('ComfyUI')
    expect(await readdir(`${root}/opt/ComfyUI`)).toContain('main.py')
  })

  test('our own folder may lie on another filesystem than the workspace', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    const other = await tempFolder()
    await symlink(other, `${root}/workspace/.comfy-init`)
    const [first] = await bootWorkspace(
      withExdev(steadyHost(), (from) => from.includes('staging')),
      settings,
    )
    expect(first?.verdict).toBe('healthy')
    expect(await readdir(`${root}/workspace/ComfyUI`)).toContain('main.py')
    expect((await readdir(`${root}/workspace`)).sort()).toEqual(['.comfy-init', 'ComfyUI'])
    expect(await readdir(`${other}/staging`)).toEqual([])
  })

  test('a full disk names what happened and leaves nothing in place', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    const host = steadyHost()
    const full: Host = {
      ...host,
      fs: {
        ...host.fs,
        copyTree: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
      },
    }
    const report = await applyOnce(full, await planFor(host, settings))
    const problem = report.problems.find(({ code }) => code === 'IMAGE_NOT_COPIED')
    expect(problem?.in('docker').why).toContain('ENOSPC')
    expect(await readdir(`${root}/workspace`)).not.toContain('ComfyUI')
  })
})

describe('a kill at any operation', { timeout: 60_000 }, () => {
  const ways = { 'a rename of the image tree': false, 'a removal of the image tree (overlayfs)': true }
  for (const [way, exdev] of Object.entries(ways))
    for (const when of ['before', 'after'] as const)
      test(`with ${way}, ${when} each operation: the next boot ends as if nothing had happened`, async () => {
        const wanted = await uncut(exdev)
        for (let n = 1; ; n++) {
          const { isCut, found } = await cutAt(n, when, exdev)
          expect(found, `cut ${when} operation ${n}`).toEqual(wanted)
          if (isCut) continue
          expect(n).toBeGreaterThan(60)
          break
        }
      })

  test('in the middle of the copy: the next boot ends as if nothing had happened', async () => {
    const wanted = await uncut(false)
    for (let n = 1, isCut = false; !isCut; n++) {
      const end = await cutAt(n, 'during', false)
      isCut = end.isCut
      expect(end.found).toEqual(wanted)
    }
  })
})

async function uncut(exdev: boolean): Promise<readonly string[]> {
  const root = await tempFolder()
  await bootWorkspace(hostFor(root, exdev), await anImageIn(root))
  return everything(root)
}

async function cutAt(n: number, when: When, exdev: boolean) {
  const root = await tempFolder()
  const settings = await anImageIn(root)
  const host = hostFor(root, exdev)
  const plan = await planFor(host, settings)
  const cutting = cuttingHost(host, n, when)
  await applyOnce(cutting.host, plan).catch(() => {})
  await bootWorkspace(host, settings)
  return { isCut: cutting.isCut(), found: await everything(root) }
}

// The marker is new each time it is written; everything else must be the same to the millisecond.
async function everything(root: string): Promise<readonly string[]> {
  const lines = await listing(root)
  return lines.map((line) => line.replace(root, '').replace(new RegExp(`(${MARKER} \\d+) .*`), '$1'))
}

function hostFor(root: string, exdev: boolean): Host {
  const host = steadyHost()
  return exdev ? withExdev(host, (from) => from === `${root}/opt/ComfyUI`) : host
}

function withExdev(host: Host, refuses: (from: string) => boolean): Host {
  const rename: Host['fs']['rename'] = (from, to) =>
    refuses(from)
      ? Promise.reject(Object.assign(new Error('cross-device link'), { code: 'EXDEV' }))
      : host.fs.rename(from, to)
  return { ...host, fs: { ...host.fs, rename } }
}

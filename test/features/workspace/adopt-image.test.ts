import { mkdir, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Progress } from '../../../src/base/event.ts'
import { MARKER, treesIn } from '../../../src/base/layout.ts'
import type { Host } from '../../../src/host/host.ts'
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
    const told: Progress[] = []
    for (const step of (await planFor(host, settings)).steps)
      await step.apply(host, (each) => void told.push(each), new AbortController().signal)
    const last = told.at(-1)
    expect(last?.bytes.done).toBe(last?.bytes.total)
    expect(last?.files).toEqual({ done: 9, total: 9 })
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
          const copied = await host.fs.copyTree(from, to, options)
          await rm(`${to}/comfy/cli_args.py`)
          return copied
        },
      },
    }
    const report = await applyOnce(lossy, await planFor(host, settings))
    expect(report.problems.map(({ code }) => code)).toContain('IMAGE_COPY_DIFFERS')
    expect(await readdir(`${root}/workspace`)).not.toContain('ComfyUI')
    expect(await readdir(`${root}/opt/ComfyUI`)).toContain('main.py')
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

describe('a first boot that goes on with a part', () => {
  test('every byte is compared that an earlier start of the machine wrote, by each boot until the copy is whole', async () => {
    const root = await tempFolder()
    const settings = await anImageIn(root)
    const host = steadyHost()
    const { next, note } = treesIn(`${root}/workspace/.comfy-init/trees`)
    const cut = withCopy(host, async (...args) => {
      await host.fs.copyTree(...args)
      throw new Error('The process was killed.')
    })
    await applyOnce(cut, await planFor(host, settings)).catch(() => {})
    await loseContent(`${next.tree}/main.py`)
    await writeFile(note, (await readFile(note, 'utf8')).replace(/"bootId":"[^"]*"/, '"bootId":"another"'))

    const asked: (string | undefined)[] = []
    const cutAgain = withCopy(host, async (_from, _to, options) => {
      asked.push(options?.resume)
      throw new Error('The process was killed.')
    })
    await applyOnce(cutAgain, await planFor(host, settings)).catch(() => {})
    const [report] = await bootWorkspace(host, settings)

    expect(asked).toEqual(['content'])
    expect(report?.steps.map(({ title }) => title).join()).toContain('Go on copying ComfyUI 0.33.0')
    expect(await readFile(`${root}/workspace/ComfyUI/main.py`, 'utf8')).toBe('print("ComfyUI")\n')
  })
})

function withCopy(host: Host, copyTree: Host['fs']['copyTree']): Host {
  return { ...host, fs: { ...host.fs, copyTree } }
}

// As a power cut leaves it: size and time are there, the bytes are not.
async function loseContent(path: string): Promise<void> {
  const { size, mtime } = await stat(path)
  await writeFile(path, Buffer.alloc(size))
  await utimes(path, mtime, mtime)
}

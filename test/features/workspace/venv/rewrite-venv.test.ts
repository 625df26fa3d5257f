import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { rewriteVenv } from '../../../../src/features/workspace/venv/rewrite-venv.ts'
import { realHost } from '../../../../src/host/host.ts'
import { tempFolder } from '../../../support/temp-folder.ts'
import { fillVenv, makeVenv, OLD, sitePackages } from './real-venv.ts'

const host = realHost()
const NEVER = new AbortController().signal

test.each(['ComfyUI', 'my work/ComfyUI', `${'long-'.repeat(24)}/ComfyUI`])(
  'a moved venv works at its new place, with nothing at the old one: %s',
  async (place) => {
    const { to } = await moved(place)
    const venv = `${to}/venv`
    const site = sitePackages(venv)

    expect(run(`${venv}/bin/python`, '-c', 'import sys; print(sys.prefix)')).toBe(venv)
    expect(run(`${venv}/bin/where`)).toBe(venv)
    expect(run(`${venv}/bin/where-long`)).toBe(venv)
    expect(run('sh', '-c', '. "$0"; echo "$VIRTUAL_ENV"; command -v where', `${venv}/bin/activate`)).toBe(
      `${venv}\n${venv}/bin/where`,
    )
    const python = (code: string) => run(`${venv}/bin/python`, '-B', '-c', code)
    expect(python('import mine; print(mine.place)')).toBe(`${to}/nodes/mine/mine.py`)
    expect(python('import __editable___found_finder as f; print(f.MAPPING["found"])')).toBe(
      `${to}/nodes/found`,
    )
    expect(
      python(
        'import json; print(json.load(open(__import__("sys").prefix + "/share/jupyter/kernels/python3/kernel.json"))["argv"][0])',
      ),
    ).toBe(`${venv}/bin/python`)
    const { url } = JSON.parse(readFileSync(`${site}/mine-1.dist-info/direct_url.json`, 'utf8'))
    expect(url).toBe(encodeURI(`file://${to}/nodes/mine`))
    expect(readFileSync(`${site}/data/words.txt`, 'utf8')).toBe('hello\n')
  },
)

test('no file of a moved venv names the old place any more, but those that programs do not read', async () => {
  const { from, to, changed } = await moved('ComfyUI')
  const naming = filesBelow(`${to}/venv`).filter((path) => readFileSync(path, 'latin1').includes(from))
  expect(naming.map((path) => relative(to, path))).toEqual([
    relative(to, `${sitePackages(`${to}/venv`)}/package/notes.txt`),
  ])
  expect(changed).toEqual([...changed].sort())
  expect(changed).toEqual(
    expect.arrayContaining([
      'venv/bin/where',
      'venv/bin/activate',
      'venv/bin/activate.fish',
      'venv/pyvenv.cfg',
    ]),
  )
})

test('scripts and links elsewhere in the tree stay as they are', async () => {
  const { from, to } = await moved('ComfyUI')
  expect(readFileSync(`${to}/nodes/tool`, 'utf8')).toContain(`#!${from}/venv/bin/python`)
  expect(readlinkSync(`${to}/nodes/tool-link`)).toBe(`${from}/nodes/tool`)
})

test('modes and times stay, those of folders and links too; only Python’s own files are a second younger than their compiled code', async () => {
  const { to, before, changed } = await moved('ComfyUI')
  const differ = [...before].filter(([path, was]) => describe(join(to, path)) !== was).map(([path]) => path)
  const finder = relative(to, `${sitePackages(`${to}/venv`)}/__editable___found_finder.py`)
  expect(differ).toEqual([finder])
  expect(changed).toContain(finder)
  expect(lstatSync(join(to, finder)).mtimeMs).toBe(OLD.getTime() + 1000)
})

test('doing it again changes nothing', async () => {
  const { from, to } = await moved('ComfyUI')
  expect(await rewriteVenv(host, { tree: to, from, to }, NEVER)).toEqual([])
})

/** A tree with a real venv, copied aside, rewritten, and put into its new place; the old one is gone. */
async function moved(place: string) {
  const root = await tempFolder()
  const from = `${root}/opt/ComfyUI`
  const to = `${root}/workspace/${place}`
  const tree = `${root}/staging/ComfyUI`
  mkdirSync(from, { recursive: true })
  makeVenv(`${from}/venv`)
  fillVenv(from, `${from}/venv`)
  cpSync(from, tree, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  const before = new Map(below(tree).map((path) => [relative(tree, path), describe(path)] as const))
  const changed = await rewriteVenv(host, { tree, from, to }, NEVER)
  renameSync(from, `${root}/gone`)
  mkdirSync(join(to, '..'), { recursive: true })
  renameSync(tree, to)
  expect(existsSync(from)).toBe(false)
  return { from, to, changed, before }
}

function describe(path: string): string {
  const { mode, mtimeMs } = lstatSync(path)
  return `${mode.toString(8)} ${Math.round(mtimeMs)}`
}

function filesBelow(folder: string): readonly string[] {
  return below(folder).filter((path) => lstatSync(path).isFile())
}

function below(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? [path, ...below(path)] : [path]
  })
}

function run(file: string, ...args: readonly string[]): string {
  return execFileSync(file, args, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } }).trim()
}

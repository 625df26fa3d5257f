import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { relative } from 'node:path'
import { expect, test } from 'vitest'
import { rewriteVenv } from '../../../../src/features/workspace/venv/rewrite-venv.ts'
import { type Host, realHost } from '../../../../src/host/host.ts'
import { Cut, cuttingHost } from '../../../support/cutting-host.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

const host = realHost()
const NEVER = new AbortController().signal

test('whatever a kill leaves, doing it again ends the same', async () => {
  const root = await tempFolder()
  const make = async (name: string) => {
    const tree = `${root}/${name}`
    mkdirSync(`${tree}/venv/bin`, { recursive: true })
    writeFileSync(`${tree}/venv/pyvenv.cfg`, 'command = python3 -m venv /opt/C/venv\n')
    writeFileSync(`${tree}/venv/bin/a`, '#!/opt/C/venv/bin/python\n')
    writeFileSync(`${tree}/venv/bin/activate`, 'VIRTUAL_ENV=/opt/C/venv\n')
    symlinkSync('/opt/C/.python/bin/python', `${tree}/venv/bin/python`)
    return { tree, from: '/opt/C', to: '/workspace/ComfyUI' }
  }
  const look = (tree: string) =>
    ['pyvenv.cfg', 'bin/a', 'bin/activate']
      .map((name) => readFileSync(`${tree}/venv/${name}`, 'utf8'))
      .concat(readlinkSync(`${tree}/venv/bin/python`))
  const whole = await make('whole')
  await rewriteVenv(host, whole, NEVER)
  const uncut = cuttingHost(host, Number.POSITIVE_INFINITY)
  await rewriteVenv(uncut.host, await make('count'), NEVER)

  for (let n = 1; n <= uncut.operations(); n++)
    for (const when of ['before', 'after'] as const) {
      const moving = await make(`cut-${n}-${when}`)
      await expect(rewriteVenv(cuttingHost(host, n, when).host, moving, NEVER)).rejects.toThrow(Cut)
      await rewriteVenv(host, moving, NEVER)
      expect(look(moving.tree), `cut ${when} ${n}`).toEqual(look(whole.tree))
    }
})

test('venvs are found by pyvenv.cfg in the tree, beside it, one below, and as the tree itself', async () => {
  const root = await tempFolder()
  const tree = `${root}/tree`
  for (const folder of ['', '/venv', '/.venvs/main', '/a/b/too-deep', '/none']) {
    mkdirSync(`${tree}${folder}/bin`, { recursive: true })
    writeFileSync(`${tree}${folder}/bin/x`, '#!/opt/C/bin/python\n')
    if (folder !== '/none') writeFileSync(`${tree}${folder}/pyvenv.cfg`, 'home = /usr/bin\n')
  }
  symlinkSync('/opt/C/x', `${tree}/a/link`)
  const changed = await rewriteVenv(host, { tree, from: '/opt/C', to: '/w' }, NEVER)
  expect(changed).toEqual(['.venvs/main/bin/x', 'bin/x', 'venv/bin/x'])
})

test('a link to a venv elsewhere is not followed', async () => {
  const root = await tempFolder()
  mkdirSync(`${root}/tree/venv`, { recursive: true })
  writeFileSync(`${root}/tree/venv/pyvenv.cfg`, '')
  mkdirSync(`${root}/outside/bin`, { recursive: true })
  writeFileSync(`${root}/outside/pyvenv.cfg`, 'x = /opt/C\n')
  writeFileSync(`${root}/outside/bin/x`, '#!/opt/C/bin/python\n')
  symlinkSync(`${root}/outside`, `${root}/tree/env`)
  symlinkSync(`${root}/outside/bin`, `${root}/tree/venv/bin`)
  expect(await rewriteVenv(host, { tree: `${root}/tree`, from: '/opt/C', to: '/w' }, NEVER)).toEqual([])
})

test('a link whose target is no UTF-8 keeps its bytes', async () => {
  const { from, tree } = await small()
  const target = Buffer.from('/opt/C/\xe9', 'latin1')
  symlinkSync(target, `${tree}/venv/bin/odd`)
  await rewriteVenv(host, { tree, from, to: '/w' }, NEVER)
  expect(readlinkSync(`${tree}/venv/bin/odd`, 'buffer')).toEqual(target)
})

test('a tree that goes back to where it was is not touched', async () => {
  const { from, tree } = await small()
  symlinkSync('/opt/C/x', `${tree}/venv/bin/link`)
  expect(await rewriteVenv(host, { tree, from, to: from }, NEVER)).toEqual([])
})

test('bytes that are no text come through, and a program is not read as one', async () => {
  const root = await tempFolder()
  const bin = `${root}/tree/venv/bin`
  mkdirSync(bin, { recursive: true })
  writeFileSync(`${root}/tree/venv/pyvenv.cfg`, '')
  const script = Buffer.from('#!/opt/C/venv/bin/python\n# \xe9\xff latin1, /opt/C/x\n', 'latin1')
  writeFileSync(`${bin}/old`, script)
  chmodSync(`${bin}/old`, 0o700)
  writeFileSync(`${bin}/elf`, '\x7fELF/opt/C/venv/lib')
  expect(await rewriteVenv(host, { tree: `${root}/tree`, from: '/opt/C', to: '/w' }, NEVER)).toEqual([
    'venv/bin/old',
  ])
  expect(readFileSync(`${bin}/old`, 'latin1')).toBe('#!/w/venv/bin/python\n# \xe9\xff latin1, /w/x\n')
  expect(lstatSync(`${bin}/old`).mode & 0o7777).toBe(0o700)
})

test('a mode that the umask would narrow is kept', async () => {
  const { from, tree } = await small()
  chmodSync(`${tree}/venv/bin/x`, 0o775)
  const umask = process.umask(0o077)
  try {
    await rewriteVenv(host, { tree, from, to: '/w' }, NEVER)
  } finally {
    process.umask(umask)
  }
  expect(lstatSync(`${tree}/venv/bin/x`).mode & 0o7777).toBe(0o775)
})

test('a new place that programs cannot write plainly is left out of them, and Python’s own files are right', async () => {
  const { from, tree } = await small()
  writeFileSync(`${tree}/venv/bin/activate`, 'VIRTUAL_ENV=/opt/C/venv\n')
  expect(await rewriteVenv(host, { tree, from, to: '/it$s' }, NEVER)).toEqual(['venv/pyvenv.cfg'])
})

test('it ends soon when it is aborted', async () => {
  const { from, tree } = await small()
  await expect(
    rewriteVenv(host, { tree, from, to: '/w' }, AbortSignal.abort(new Error('enough'))),
  ).rejects.toThrow('enough')
})

test('of a large venv only the folders and the few files in question are read', async () => {
  const { from, tree } = await small()
  const [read, listed]: [string[], string[]] = [[], []]
  const watching: Host = {
    ...host,
    fs: {
      ...host.fs,
      readPart: (path, ...rest) => {
        read.push(`${relative(tree, path)} ${rest[1]}`)
        return host.fs.readPart(path, ...rest)
      },
      entries: (path) => {
        listed.push(relative(tree, path))
        return host.fs.entries(path)
      },
    },
  }
  const site = `${tree}/venv/lib/python3.12/site-packages`
  for (const name of ['torch/lib', 'torch/__pycache__', 'torch-2.dist-info'])
    mkdirSync(`${site}/${name}`, { recursive: true })
  for (const name of ['torch/a.py', 'torch/x.pth', 'torch/lib/b.so', 'torch-2.dist-info/RECORD', 'six.py'])
    writeFileSync(`${site}/${name}`, '/opt/C')
  writeFileSync(`${tree}/venv/bin/ruff`, `\x7fELF${'x'.repeat(100_000)}`)
  await rewriteVenv(watching, { tree, from, to: '/w' }, NEVER)
  expect([...new Set(read)].sort()).toEqual([
    'venv/bin/ruff 2',
    'venv/bin/x 2',
    'venv/bin/x 25',
    'venv/pyvenv.cfg 38',
  ])
  expect(listed.filter((path) => path.includes('__pycache__'))).toEqual([])
})

async function small() {
  const tree = `${await tempFolder()}/tree`
  mkdirSync(`${tree}/venv/bin`, { recursive: true })
  writeFileSync(`${tree}/venv/pyvenv.cfg`, 'command = python3 -m venv /opt/C/venv\n')
  writeFileSync(`${tree}/venv/bin/x`, '#!/opt/C/venv/bin/python\n')
  return { tree, from: '/opt/C' }
}

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import { layoutOf } from '../../../../src/base/layout.ts'
import { Problem } from '../../../../src/base/problem.ts'
import { lookTreeVenv, venvProof } from '../../../../src/facts/venvs.ts'
import { proveVenv } from '../../../../src/features/workspace/venv/prove-venv.ts'
import { rewriteVenv } from '../../../../src/features/workspace/venv/rewrite-venv.ts'
import { type Host, realHost } from '../../../../src/host/host.ts'
import { tempFolder } from '../../../support/temp-folder.ts'
import { makeVenv } from './real-venv.ts'

const host = realHost()
const NEVER = new AbortController().signal

test('a venv that was moved well is started once, and no program runs after that', async () => {
  const { layout, python } = await treeWithVenv()
  const ran: string[] = []
  const counting: Host = {
    ...host,
    exec: {
      ...host.exec,
      run: (command) => {
        ran.push(command.file)
        return host.exec.run(command)
      },
    },
  }
  expect(await prove(python, layout, counting)).toBe('done')
  expect(await prove(python, layout, counting)).toBe('not-needed')
  expect(ran).toEqual([python])
  expect(await lookTreeVenv(host.fs, layout, { path: python, venv: venvIn(layout) })).toEqual({
    python,
    isProven: true,
  })
})

test('starting it leaves nothing in the venv', async () => {
  const { layout, python } = await treeWithVenv()
  const before = readdirSync(layout.home, { recursive: true })
  await prove(python, layout)
  expect(readdirSync(layout.home, { recursive: true })).toEqual(before)
})

test('the proof is of this tree and this Python: another image’s, or another program below, is proven again', async () => {
  const { layout, python } = await treeWithVenv()
  const isProven = async () =>
    (await lookTreeVenv(host.fs, layout, { path: python, venv: venvIn(layout) }))?.isProven
  expect(await isProven()).toBe(false)
  await prove(python, layout)
  expect(await isProven()).toBe(true)
  mark(layout, 'another')
  expect(await isProven()).toBe(false)
  await prove(python, layout)
  rmSync(python)
  writeFileSync(python, '#!/bin/sh\n', { flag: 'wx', mode: 0o755 })
  expect(await isProven()).toBe(false)
})

test('two programs of one date are told apart by their size, since builds may date all files alike', async () => {
  const { layout } = await treeWithVenv()
  const python = `${layout.home}/python`
  const proofs = []
  for (const text of ['one', 'three']) {
    writeFileSync(python, text)
    utimesSync(python, 1, 1)
    proofs.push(await venvProof(host.fs, layout, python))
  }
  expect(proofs[0]).not.toBe(proofs[1])
})

test('a Python outside the tree, or in no venv, needs no proof', async () => {
  const layout = layoutOf('/workspace')
  const look = (path: string, venv: string | undefined) => lookTreeVenv(host.fs, layout, { path, venv })
  expect(await look('/opt/venv/bin/python', '/opt/venv')).toBeUndefined()
  expect(await look('/workspace/ComfyUI-2/venv/bin/python', '/workspace/ComfyUI-2/venv')).toBeUndefined()
  expect(await look('/workspace/ComfyUI/python/bin/python3', undefined)).toBeUndefined()
  expect(await lookTreeVenv(host.fs, layout, undefined)).toBeUndefined()
})

test('a venv whose Python leads nowhere is refused, with what was run and what to set', async () => {
  const { layout, python } = await treeWithVenv()
  rmSync(python)
  symlinkSync('/opt/gone/bin/python3', python)
  const { why, remedy } = (await problemOf(prove(python, layout))).in('docker')
  expect(why).toContain(
    `${python} -I -c 'import sys; print(sys.prefix)': it, or what it leads to, is not there`,
  )
  expect(remedy).toMatch(/COMFY_PYTHON=.*COMFY_ADOPT=link/)
  expect(await host.fs.look(layout.venvProof)).toBeUndefined()
})

test('a Python that says it is another one’s is refused', async () => {
  const { layout, python } = await treeWithVenv()
  rmSync(`${venvIn(layout)}/pyvenv.cfg`)
  expect((await problemOf(prove(python, layout))).in('docker').why).toContain('its prefix is /usr')
})

test('what a Python says before it gives up is shown', async () => {
  const { layout, python } = await treeWithVenv()
  rmSync(python)
  writeFileSync(python, '#!/bin/sh\necho "cannot open libpython3.12.so." >&2\nexit 127\n', {
    flag: 'wx',
    mode: 0o755,
  })
  expect((await problemOf(prove(python, layout))).in('docker').why).toContain(
    ': cannot open libpython3.12.so.',
  )
})

test('a volume that keeps no proof does not keep ComfyUI from starting', async () => {
  const { layout, python } = await treeWithVenv()
  const full: Host = {
    ...host,
    fs: {
      ...host.fs,
      write: async () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      },
    },
  }
  expect(await prove(python, layout, full)).toBe('done')
})

test('nothing of the container that would lead it elsewhere reaches the Python', async () => {
  const { layout, python } = await treeWithVenv()
  let env: object = {}
  const watching: Host = {
    ...host,
    env: { PATH: '/usr/bin', PYTHONHOME: '/x', HF_TOKEN: 'secret' },
    exec: {
      ...host.exec,
      run: (command) => {
        env = command.env
        return host.exec.run(command)
      },
    },
  }
  await prove(python, layout, watching)
  expect(env).toEqual({ PATH: '/usr/bin' })
})

function prove(python: string, layout: ReturnType<typeof layoutOf>, by: Host = host) {
  return proveVenv(python, { layout }).apply(by, () => {}, NEVER)
}

async function problemOf(applying: Promise<unknown>): Promise<Problem> {
  const error = await applying.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Problem && error.code === 'VENV_NOT_MOVED') return error
  throw new Error(`No such problem: ${error}`)
}

function venvIn({ home }: { readonly home: string }): string {
  return `${home}/venv`
}

function mark({ home }: { readonly home: string }, image: string): void {
  writeFileSync(`${home}/.comfy-init.json`, JSON.stringify({ layout: 1, image, from: '/opt/ComfyUI' }))
}

/** A workspace whose tree has a venv that was made elsewhere and moved. */
async function treeWithVenv() {
  const root = await tempFolder()
  const layout = layoutOf(`${root}/workspace`)
  const from = `${root}/opt/ComfyUI`
  mkdirSync(from, { recursive: true })
  mkdirSync(layout.own, { recursive: true })
  makeVenv(`${from}/venv`)
  await rewriteVenv(host, { tree: from, from, to: layout.home }, NEVER)
  renameSync(from, layout.home)
  mark(layout, 'one')
  expect(readFileSync(`${layout.home}/venv/pyvenv.cfg`, 'utf8')).not.toContain('/opt/ComfyUI')
  return { layout, python: `${venvIn(layout)}/bin/python` }
}

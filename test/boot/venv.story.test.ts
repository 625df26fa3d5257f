import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Running, RunOptions } from '../support/container.ts'
import { makeWorld, OVERLAY_PYTHON, procOf, treeOf, type World } from '../support/story.ts'

const VENV = '/workspace/ComfyUI/venv'
const IMAGES = '/opt/ComfyUI/venv/bin/python'

/** What other images set for a venv inside their ComfyUI; nothing of it may lead ComfyUI back into the image. */
const WAYS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['beside ComfyUI', { COMFY_PYTHON: '' }],
  ['by COMFY_PYTHON', { COMFY_PYTHON: IMAGES }],
  ['by VIRTUAL_ENV', { COMFY_PYTHON: '', VIRTUAL_ENV: '/opt/ComfyUI/venv' }],
]

test.each(WAYS)(
  'a venv inside the image’s ComfyUI is moved with it, and runs it: found %s',
  async (_, env) => {
    const world = await worldWithVenv()

    const container = await world.boot({ env })
    await world.ready(container)

    await expectMovedVenv(world, container)
    expect(
      execFileSync('chroot', [world.box.seen(container, '/'), '/opt/ComfyUI/venv/bin/where'], {
        encoding: 'utf8',
      }),
    ).toBe(`${VENV}\n`)
    expect(container.err()).toContain('prove-venv')
  },
)

test('on a read-only root the workspace’s venv is used, not what the image still has of it', async () => {
  const world = await worldWithVenv()
  const first = await world.boot({ name: 'one', env: { COMFY_PYTHON: IMAGES } })
  await world.ready(first)
  first.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  const readOnly: RunOptions = { readOnlyRoot: true, user: '1000:1000', dropCapabilities: true }
  for (const [way, env] of WAYS) {
    const container = await world.boot({ ...readOnly, env, name: `after-${way.replaceAll(/\W/g, '-')}` })
    await world.ready(container)
    expect(statSync(world.box.seen(container, '/opt/ComfyUI')).isDirectory()).toBe(true)
    await expectMovedVenv(world, container)
    container.kill('SIGTERM')
    expect(await container.ended).toBe(0)
  }
})

test('on a read-only root from the first boot on the venv is moved when the person wants the move', async () => {
  const world = await worldWithVenv()

  const container = await world.boot({
    readOnlyRoot: true,
    user: '1000:1000',
    env: { COMFY_PYTHON: IMAGES, COMFY_ADOPT: 'move' },
  })
  await world.ready(container)

  await expectMovedVenv(world, container)
})

test('the venv is started to be proven once, as its person; a second boot starts nothing but ComfyUI', async () => {
  const world = await worldWithVenv()
  const env = { COMFY_PYTHON: IMAGES }
  const calls = `${world.workspace}/python-calls`
  const first = await world.boot({ env, name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended
  const proof = `${world.workspace}/.comfy-init/venv-proven.json`
  expect(JSON.parse(readFileSync(proof, 'utf8'))).toMatchObject({ python: `${VENV}/bin/python` })
  expect(statSync(proof).uid).toBe(1000)
  const before = statSync(proof).mtimeMs

  const second = await world.boot({ env, name: 'two', trace: { file: calls, calls: 'execve' } })
  await world.ready(second)

  const called = readFileSync(calls, 'utf8')
  expect(called).not.toContain('sys.prefix')
  // Python itself may look there for its library, but nobody runs it.
  expect(called).not.toMatch(/execve\("[^"]*\/venv\/bin\/python/)
  expect(called).toMatch(
    /"\/workspace\/\.comfy-init\/packages\/[^"]+\/bin\/python", "\/workspace\/ComfyUI\/main\.py"/,
  )
  expect(statSync(proof).mtimeMs).toBe(before)
})

test('a venv that does not work where it is stops the boot with what to set, and what is set works', async () => {
  const world = await worldWithVenv()
  replaceLink(
    `${world.box.layer}/opt/ComfyUI/venv/bin/python3`,
    '#!/bin/sh\necho "no libpython here" >&2\nexit 127\n',
  )

  const refused = await world.boot({ name: 'one', env: { COMFY_PYTHON: '' } })
  expect(await refused.ended).toBe(69)
  expect(refused.err()).toContain(`Cannot use the venv ${VENV}.`)
  expect(refused.err()).toContain('no libpython here')

  const repaired = await world.boot({ name: 'two' })
  await world.ready(repaired)
})

test('where the workspace runs no programs, the tree stays in the image with its venv', async () => {
  const world = await worldWithVenv()
  const volumes = [{ from: world.workspace, at: '/workspace', noExec: true }]

  await world.ready(await world.boot({ volumes, env: { COMFY_PYTHON: IMAGES } }))

  expect(existsSync(`${world.workspace}/ComfyUI`)).toBe(false)
})

test('nothing is moved where the workspace runs no programs, though it was asked for', async () => {
  const world = await worldWithVenv()
  const volumes = [{ from: world.workspace, at: '/workspace', noExec: true }]

  const container = await world.boot({ volumes, env: { COMFY_PYTHON: IMAGES, COMFY_ADOPT: 'move' } })

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('noexec')
  expect(treeOf(world.workspace)).toEqual([])
})

/** ComfyUI runs in its overlay, and the packages below that are the moved venv's: of what lies in the image it has none. */
async function expectMovedVenv(world: World, container: Running): Promise<void> {
  const status = await world.status()
  expect(status.phase).toBe('ready')
  const inner = status.services[0]?.pid
  const [python = ''] = procOf(container, inner, 'cmdline')
  expect(python).toMatch(OVERLAY_PYTHON)
  const overlay = python.replace('/bin/python', '')
  const environ = procOf(container, inner, 'environ')
  expect(environ).toContain(`VIRTUAL_ENV=${overlay}`)
  expect(environ.join('\n')).toMatch(new RegExp(`^PATH=${overlay}/bin:${VENV}/bin:`, 'm'))
  expect(await pathsOf(world, container, python)).toEqual([overlay, VENV].map(packagesIn))
  const venv = `${world.workspace}/ComfyUI/venv`
  expect(readFileSync(`${venv}/bin/where`, 'utf8')).toMatch(/^#!\/workspace\/ComfyUI\/venv\/bin\/python\n/)
  expect(readFileSync(`${venv}/pyvenv.cfg`, 'utf8')).not.toContain('/opt/ComfyUI')
  expect(existsSync(`${world.workspace}/.comfy-init/venv-proven.json`)).toBe(true)
}

/** Folders of packages on a Python's path that are neither the machine's own nor its library. */
async function pathsOf(world: World, container: Running, python: string): Promise<readonly string[]> {
  const { out } = await world.box.exec(container, [python, '-c', 'import sys; print("\\n".join(sys.path))'])
  return out
    .split('\n')
    .filter((path) => path.endsWith('-packages'))
    .map(withoutVersion)
}

function packagesIn(venv: string): string {
  return `${venv}/lib/python/site-packages`
}

function withoutVersion(path: string): string {
  return path.replace(/python3\.\d+/, 'python')
}

// A venv's programs are links to the machine's own: one is removed, never written through.
function replaceLink(path: string, text: string): void {
  rmSync(path)
  writeFileSync(path, text, { flag: 'wx', mode: 0o755 })
}

/** A world whose image has a venv inside its ComfyUI, made where it lies there, with one script. */
async function worldWithVenv(): Promise<World> {
  const world = await makeWorld()
  const venv = `${world.box.layer}/opt/ComfyUI/venv`
  mkdirSync(venv, { recursive: true })
  execFileSync('/usr/bin/python3', ['-m', 'venv', '--symlinks', '--without-pip', venv])
  // As if it had been made inside the image.
  execFileSync('sed', [
    '-i',
    `s|${venv}|/opt/ComfyUI/venv|g`,
    ...['pyvenv.cfg', 'bin/activate', 'bin/activate.fish', 'bin/activate.csh'].map(
      (name) => `${venv}/${name}`,
    ),
  ])
  writeFileSync(`${venv}/bin/where`, '#!/opt/ComfyUI/venv/bin/python\nimport sys\nprint(sys.prefix)\n', {
    mode: 0o755,
  })
  return world
}

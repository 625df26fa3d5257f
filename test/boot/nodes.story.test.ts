import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeNode } from '../../scripts/sandbox/fill.ts'
import type { RunOptions } from '../support/container.ts'
import { makeWorld, type World } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'

test('nodes that are named are cloned without their history, and ComfyUI loads them', async () => {
  const world = await makeWorld()
  const { volumes } = await repositories(world, ['Spots', 'Dots'])
  const nodes = 'file:///repositories/Spots file:///repositories/Dots.git@older'

  const container = await world.boot({ volumes, env: { COMFY_NODES: nodes } })
  await world.ready(container)

  const custom = `${world.workspace}/ComfyUI/custom_nodes`
  const loaded = JSON.parse((await world.get('/object_info', world.port))?.text ?? '{}')
  expect(Object.keys(loaded)).toEqual(expect.arrayContaining(['Spots', 'Dots', 'Stripes']))
  expect(statSync(`${custom}/Spots/__init__.py`).uid).toBe(1000)
  expect(existsSync(`${custom}/Spots/second.txt`)).toBe(true)
  expect(existsSync(`${custom}/Dots/second.txt`)).toBe(false)
  expect(existsSync(`${custom}/Spots/.git/shallow`)).toBe(true)
  expect(readdirSync(custom).filter((name) => name.startsWith('.'))).toEqual([])
  expect((await world.status()).phase).toBe('ready')
})

test('a node that cannot be had is said and left out; the others come, and ComfyUI runs', async () => {
  const world = await makeWorld()
  const { volumes } = await repositories(world, ['Spots', 'Spots2'])
  const nodes =
    'file:///repositories/Absent,file:///repositories/Spots@no-such-branch file:///repositories/Spots2'

  const container = await world.boot({ volumes, env: { COMFY_NODES: nodes } })
  await world.ready(container)

  const { phase, problems } = await world.status()
  const failed = problems.filter(({ code }) => code.startsWith('NODE_'))
  expect(failed.map(({ what }) => what)).toEqual([
    'Cannot get the node Absent: it is not there, or not for everybody.',
    'Cannot get the node Spots at no-such-branch.',
  ])
  expect(phase).toBe('degraded')
  const custom = readdirSync(`${world.workspace}/ComfyUI/custom_nodes`)
  expect(custom).toContain('Spots2')
  expect(custom.filter((name) => /^\.|Absent|^Spots$/.test(name))).toEqual([])
  expect((await world.ask(container, 'health')).code).toBe(0)
})

test('without a network the default nodes fail in words, and ComfyUI runs all the same', async () => {
  const world = await makeWorld()

  const container = await world.boot({
    offline: true,
    env: { COMFY_NODES: 'ComfyUI-Manager comfyui_controlnet_aux' },
  })
  await expect
    .poll(async () => (await world.ask(container, 'health')).out, { timeout: 20_000 })
    .toBe('ready\n')

  expect(container.err()).toContain(
    'Cannot get the node comfyui_controlnet_aux: its host does not answer as it should.',
  )
  expect(container.err()).toContain('Cannot reach the index of Python packages.')
  expect(container.err()).toMatch(/Could not resolve host/)
})

test('the second boot runs no git, not even where a node is changed, and changes no node', async () => {
  const world = await makeWorld()
  const { volumes } = await repositories(world, ['Spots'])
  const calls = countGit(world)
  const options: RunOptions = { volumes, env: { COMFY_NODES: 'file:///repositories/Spots' } }
  const first = await world.boot({ ...options, name: 'one' })
  await world.ready(first)
  expect(calls()).toContain('clone')
  first.kill('SIGTERM')
  await first.ended
  const node = `${world.workspace}/ComfyUI/custom_nodes/Spots/__init__.py`
  writeFileSync(node, `${readFileSync(node, 'utf8')}# mine\n`)
  writeFileSync(`${world.workspace}/git-calls`, '')

  const second = await world.boot({ ...options, name: 'two' })
  await world.ready(second)

  expect(calls()).toBe('')
  expect(readFileSync(node, 'utf8')).toMatch(/# mine\n$/)
})

test('a node that was switched off or removed by name in COMFY_NODES stays as the person left it', async () => {
  const world = await makeWorld()
  const { volumes } = await repositories(world, ['Spots'])
  const custom = `${world.workspace}/ComfyUI/custom_nodes`
  const options: RunOptions = { volumes, env: { COMFY_NODES: 'file:///repositories/Spots' } }
  const first = await world.boot({ ...options, name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended
  execFileSync('mv', [`${custom}/Spots`, `${custom}/Spots.disabled`])

  const second = await world.boot({ ...options, name: 'two' })
  await world.ready(second)

  expect(readdirSync(custom)).toContain('Spots.disabled')
  expect(readdirSync(custom)).not.toContain('Spots')
})

/** Bare repositories of one node each, with two commits and the branch «older» on the first, mounted at /repositories. */
async function repositories(world: World, names: readonly string[]) {
  const folder = await tempFolder()
  const git = (cwd: string, ...args: readonly string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', ...args],
      {
        cwd,
        stdio: 'ignore',
      },
    )
  for (const name of names) {
    const work = await tempFolder()
    writeNode(work, name)
    git(work, 'init')
    git(work, 'add', '.')
    git(work, 'commit', '-m', 'one')
    git(work, 'branch', 'older')
    writeFileSync(`${work}/second.txt`, '')
    git(work, 'add', '.')
    git(work, 'commit', '-m', 'two')
    git(work, 'clone', '--bare', work, `${folder}/${name}`)
  }
  if (names.includes('Dots')) execFileSync('mv', [`${folder}/Dots`, `${folder}/Dots.git`])
  execFileSync('chmod', ['-R', 'a+rX', folder])
  // git refuses repositories of another owner.
  execFileSync('chown', ['-R', '1000:1000', folder])
  const volumes = [
    { from: folder, at: '/repositories', readOnly: true },
    { from: world.workspace, at: '/workspace' },
    { from: world.models, at: '/models', readOnly: true },
  ]
  return { volumes }
}

/** Puts a git before the real one that writes down how it is called. */
function countGit({ box, workspace }: World): () => string {
  const path = `${box.layer}/usr/local/bin/git`
  writeFileSync(path, '#!/bin/sh\necho "$*" >> /workspace/git-calls\nexec /usr/bin/git "$@"\n')
  chmodSync(path, 0o755)
  return () => readFileSync(`${workspace}/git-calls`, 'utf8')
}

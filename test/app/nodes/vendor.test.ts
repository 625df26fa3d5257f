import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { gitIn } from '../../support/git-repository.ts'
import { aNodesScene } from '../nodes-scene.ts'

test('what is vendored is got without its repository, exactly, with its submodules', async () => {
  const scene = await aNodesScene()
  const pack = scene.repository('pack')
  const inner = scene.repository('inner')
  pack.addSubmodule(inner, `file://${inner.path}`, 'inner')
  await scene.manifest(`nodes:\n  - git: file://${pack.path}\n`)
  const { code, out } = await scene.type('vendor', `${scene.root}/vendor`)
  expect(code).toBe(0)
  expect(out).toContain(`1 node and the wheels of 0 packages are in ${scene.root}/vendor.\n`)
  const commit = pack.head()
  expect(await scene.text('pack/__init__.py')).toBeUndefined()

  await rm(scene.repositories, { recursive: true })
  expect((await scene.type('sync', '--offline=on')).code).toBe(0)
  expect(gitIn(`${scene.nodes}/pack`, 'rev-parse', 'HEAD')).toBe(commit)
  expect(await scene.text('pack/inner/__init__.py')).toBe('# inner\n')
  expect(await readdir(`${scene.root}/vendor/repositories`)).toEqual(['pack.git'])
})

test('what lies there already is not got again, and a newer pin replaces it', async () => {
  const scene = await aNodesScene()
  const pack = scene.repository('pack')
  const folder = `${scene.root}/image`
  await scene.manifest(`nodes:\n  - git: file://${pack.path}\n    ref: ${pack.head()}\n`)
  await scene.type('vendor', folder)
  await writeFile(`${folder}/repositories/pack.git/mark`, '')
  await scene.type('vendor', folder)
  expect(await readdir(`${folder}/repositories/pack.git`)).toContain('mark')
  const next = pack.commit({ 'new.py': '' })
  await scene.manifest(`nodes:\n  - git: file://${pack.path}\n    ref: ${next}\n`)
  await scene.type('vendor', folder)
  expect(gitIn(`${folder}/repositories/pack.git`, 'rev-parse', 'HEAD')).toBe(next)
  expect(JSON.parse(await readFile(`${folder}/nodes.lock.json`, 'utf8')).nodes).toMatchObject([
    { folder: 'pack', commit: next },
  ])
})

test('a folder that cannot be filled is refused in words', async () => {
  const scene = await aNodesScene()
  await writeFile(`${scene.root}/file`, '')
  for (const folder of ['/proc/none', `${scene.root}/file`]) {
    const { code, err } = await scene.type('vendor', folder)
    expect(code).toBe(64)
    expect(err).toContain(`vendor cannot write into ${folder}`)
  }
})

test('one that cannot be had is a problem, the others are there, and what a kill left is removed', async () => {
  const scene = await aNodesScene()
  const pack = scene.repository('pack')
  const folder = `${scene.root}/image`
  await mkdir(`${folder}/repositories/.pack.partial/left`, { recursive: true })
  const none = `file://${scene.repositories}/none.git`
  await scene.manifest(`nodes:\n  - git: ${none}\n    ref: ${'a'.repeat(40)}\n  - git: file://${pack.path}\n`)
  const { code, err, out } = await scene.type('vendor', folder)
  expect(code).toBe(1)
  expect(err).toMatch(/Cannot .* none/)
  expect(out).toContain('1 node and')
  expect(await readdir(`${folder}/repositories`)).toEqual(['pack.git'])
})

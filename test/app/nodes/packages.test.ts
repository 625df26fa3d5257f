import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { NodesLock } from '../../../src/base/node.ts'
import { packageWorld, sitePackagesOf } from '../../features/packages/package-world.ts'
import { putPackage } from '../../support/wheel.ts'
import { aNodesScene, type NodesScene } from '../nodes-scene.ts'

test('packages are installed, told, frozen with what was added by hand, vendored, and had again without network', async () => {
  const { python, index, host } = await packageWorld({ uv: false })
  const flags = { packages: 'auto', python }
  const scene = await aNodesScene(flags, host.env)
  const pack = scene.repository('pack')
  pack.commit({ 'requirements.txt': 'alpha\n' })
  await scene.manifest(`nodes:\n  - git: file://${pack.path}\n`)
  expect(await scene.type('sync')).toMatchObject({ code: 0 })
  expect((await scene.list()).pack?.packages.toSorted()).toEqual(['alpha==1.0', 'beta==2.0'])
  const { out } = await scene.type('why', 'beta')
  expect(out).toMatch(/^in use +2\.0\nin the image +none\nover it +2\.0, in the workspace\nfor +pack$/m)

  putPackage(siteOf(scene), { name: 'By.Hand', version: '1.0' })
  expect((await scene.type('freeze')).code).toBe(0)
  const lockFile = `${scene.root}/workspace/.comfy-init/nodes.lock.json`
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8')) as NodesLock
  expect(packages.map(({ name, version, for: folders }) => [name, version, folders])).toEqual([
    ['alpha', '1.0', ['pack']],
    ['beta', '2.0', ['pack']],
    ['by-hand', '1.0', []],
  ])

  const folder = `${scene.root}/image`
  expect(await scene.type('vendor', folder)).toMatchObject({ code: 0, err: '' })
  expect(readdirSync(`${folder}/wheels`)).toEqual([
    'alpha-1.0-py3-none-any.whl',
    'beta-2.0-py3-none-any.whl',
    'by_hand-1.0-py3-none-any.whl',
  ])
  const asked = index.requests.length
  const other = await aNodesScene({ ...flags, vendor: folder, offline: 'on' }, host.env)
  await other.manifest(`nodes:\n  - git: file://${pack.path}\n`)
  expect(await other.type('sync')).toMatchObject({ code: 0 })
  expect((await other.list()).pack?.packages.toSorted()).toEqual(['alpha==1.0', 'beta==2.0'])
  expect(index.requests.length).toBe(asked)
})

test('a package that no index has is one problem of vendoring, and the nodes are there', async () => {
  const { python, host } = await packageWorld({ uv: false })
  const scene = await aNodesScene({ packages: 'auto', python }, host.env)
  await scene.manifest(`nodes:\n  - git: file://${scene.repository('pack').path}\n`)
  await scene.type('sync')
  putPackage(siteOf(scene), { name: 'nowhere', version: '3.0' })
  await scene.type('freeze')
  const { code, err, out } = await scene.type('vendor', `${scene.root}/image`)
  expect(code).toBe(1)
  expect(err).toMatch(/Cannot get wheels.*\(WHEELS_NOT_GOT\)\n.*nowhere==3\.0/)
  expect(out).toContain('1 node and')
  expect(readdirSync(`${scene.root}/image/wheels`)).toEqual([])
})

function siteOf({ root }: NodesScene): string {
  const packages = `${root}/workspace/.comfy-init/packages`
  const key = readdirSync(packages).find((name) => name.startsWith('py'))
  return sitePackagesOf(`${packages}/${key}/current/bin/python`)
}

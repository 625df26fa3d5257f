import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { gitIn } from '../../support/git-repository.ts'
import { aNodesScene } from '../nodes-scene.ts'

describe('freeze, export and import', () => {
  test('what lies there by hand is written down, and another workspace gets exactly that', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    gitIn(scene.nodes, 'clone', '--quiet', `file://${pack.path}`, 'pack')
    const commit = pack.head()
    pack.commit({ 'later.py': '' })
    await writeFile(`${scene.nodes}/single.py`, '')
    await writeFile(`${scene.nodes}/pack/__init__.py`, '# changed\n')
    const { code, out } = await scene.type('freeze')
    expect(code).toBe(0)
    expect(out).toContain(
      'mine is not written down: it has neither a git folder nor the marks of the registry.',
    )
    expect(out).toContain('single.py')
    expect(out).toContain('pack is written down without what was changed in it: __init__.py changed.')

    const other = await aNodesScene()
    const from = `${scene.root}/workspace/.comfy-init`
    await other.manifest(await readFile(`${from}/nodes.yaml`, 'utf8'))
    await writeFile(
      `${other.root}/workspace/.comfy-init/nodes.lock.json`,
      await readFile(`${from}/nodes.lock.json`),
    )
    expect((await other.type('sync')).code).toBe(0)
    expect(gitIn(`${other.nodes}/pack`, 'rev-parse', 'HEAD')).toBe(commit)
    expect(await other.text('pack/later.py')).toBeUndefined()
  })

  test('what no other workspace could read is left out, with a note each, and no password is written down', async () => {
    const scene = await aNodesScene()
    const from = `file://${scene.repository('pack').path}`
    for (const name of ['my node', 'knoten-ü', 'Twin', 'twin', 'beside', 'token', 'ours'])
      gitIn(scene.nodes, 'clone', '--quiet', from, name)
    gitIn(`${scene.nodes}/beside`, 'remote', 'set-url', 'origin', '../pack')
    const withToken = 'https://git.example/o/r.git?private_token=s3cret'
    gitIn(`${scene.nodes}/token`, 'remote', 'set-url', 'origin', withToken)
    const { code, out } = await scene.type('freeze')
    expect(code).toBe(0)
    for (const name of ['my node', 'knoten-ü', 'twin', 'beside'])
      expect(out).toContain(`${name} is not written down: `)
    expect(out).toContain('3 nodes are written down')
    const own = `${scene.root}/workspace/.comfy-init`
    const written = [
      await readFile(`${own}/nodes.yaml`, 'utf8'),
      await readFile(`${own}/nodes.lock.json`, 'utf8'),
    ]
    expect(written.join()).not.toContain('s3cret')
    const { nodes, problems } = JSON.parse((await scene.type('list', '--json')).out)
    expect(problems).toEqual([])
    const asked = nodes.filter(({ origin }: { origin: string }) => origin === 'asked')
    expect(asked.map(({ folder }: { folder: string }) => folder).toSorted()).toEqual([
      'Twin',
      'ours',
      'token',
    ])
  })

  test('a snapshot of ComfyUI-Manager goes out of one workspace and into another, commits equal', async () => {
    const scene = await aNodesScene()
    const pack = scene.repository('pack')
    await scene.manifest(`nodes:\n  - git: file://${pack.path}\n`)
    await scene.type('sync')
    const commit = pack.head()
    pack.commit({ 'later.py': '' })
    const exported = await scene.type('export', '--as', 'manager')
    expect(JSON.parse(exported.out).git_custom_nodes[`file://${pack.path}`].hash).toBe(commit)

    const other = await aNodesScene()
    await writeFile(`${other.root}/snapshot.json`, exported.out)
    const { code, out } = await other.type('import', `${other.root}/snapshot.json`)
    expect(code).toBe(0)
    expect(out).toContain('1 node taken over')
    expect(gitIn(`${other.nodes}/pack`, 'rev-parse', 'HEAD')).toBe(commit)
  })

  test('a file that is none of these is refused', async () => {
    const scene = await aNodesScene()
    await writeFile(`${scene.root}/odd.json`, '{"odd": true}')
    expect((await scene.type('import', `${scene.root}/odd.json`)).code).toBe(64)
    expect((await scene.type('import', `${scene.root}/none.json`)).err).toContain('There is no such file.')
    expect((await scene.type('export', '--as', 'managr')).err).toContain('export --as manager')
  })
})

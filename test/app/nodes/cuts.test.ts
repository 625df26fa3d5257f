import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { addNodes, removeNodes } from '../../../src/app/nodes/edit.ts'
import { lookManifests } from '../../../src/facts/node-manifests.ts'
import { wantedNodes } from '../../../src/features/nodes/wanted.ts'
import type { Fs } from '../../../src/host/fs.ts'
import type { Host } from '../../../src/host/host.ts'
import { aSettings } from '../../support/world.ts'
import { aNodesScene, type NodesScene } from '../nodes-scene.ts'
import { aHolder } from '../workspace-acts.ts'

test('wherever adding and removing are cut, what is a person’s is in one place, and the same act finishes it', async () => {
  const scene = await aNodesScene()
  await aHolder(scene, 'ready')
  const url = `file://${scene.repository('pack').path}`
  const input = { flags: { ...scene.flags, packages: 'off' }, comfyArgs: [] }
  await addNodes(scene.host, input, [url])
  await writeFile(`${scene.nodes}/pack/mine.txt`, 'mine')
  let cuts = 0
  for (let n = 1; ; n++) {
    const removing = cutAtChange(scene.host, n)
    await removeNodes(removing.host, input, ['pack']).catch(() => {})
    const adding = cutAtChange(scene.host, n)
    if (removing.isCut()) expect(await places(scene)).toHaveLength(1)
    await removeNodes(scene.host, input, ['pack']).catch(() => {})
    expect(await places(scene)).toEqual(['.disabled/pack'])
    expect(await asked(scene)).toEqual([])
    await addNodes(adding.host, input, [url]).catch(() => {})
    if (adding.isCut()) expect(await places(scene)).toHaveLength(1)
    await addNodes(scene.host, input, [url])
    expect(await places(scene)).toEqual(['pack'])
    expect(await asked(scene)).toEqual(['pack'])
    cuts += Number(removing.isCut()) + Number(adding.isCut())
    if (!removing.isCut() && !adding.isCut()) break
  }
  expect(cuts).toBeGreaterThan(4)
}, 120_000)

async function places({ nodes }: NodesScene): Promise<readonly string[]> {
  const all = ['pack', '.disabled/pack', '.disabled/pack@2']
  const found = await Promise.all(
    all.map((name) => readFile(`${nodes}/${name}/mine.txt`, 'utf8').catch(() => undefined)),
  )
  return all.filter((_, at) => found[at] === 'mine')
}

async function asked({ host, root }: NodesScene): Promise<readonly string[]> {
  const own = `${root}/workspace/.comfy-init`
  const manifests = await lookManifests(host.fs, [`${own}/nodes.yaml`], `${own}/no-cache`)
  const { nodes, problems } = wantedNodes(aSettings(), { nodeRecords: { manifests } })
  expect(problems).toEqual([])
  return nodes.map(({ folder }) => folder)
}

const CHANGES = ['write', 'rename', 'remove', 'makeFolder', 'link', 'replace', 'append'] as const

// Only what changes something: looking leaves nothing.
function cutAtChange(host: Host, n: number): { readonly host: Host; readonly isCut: () => boolean } {
  let changes = 0
  let isCut = false
  const cut = (name: (typeof CHANGES)[number]) => {
    const act = host.fs[name] as (...args: readonly unknown[]) => Promise<unknown>
    return async (...args: readonly unknown[]) => {
      changes++
      if (changes >= n) isCut = true
      if (isCut) throw new Error(`The process was killed at ${name}.`)
      return act(...args)
    }
  }
  const wrapped = Object.fromEntries(CHANGES.map((name) => [name, cut(name)]))
  return { host: { ...host, fs: { ...host.fs, ...wrapped } as Fs }, isCut: () => isCut }
}

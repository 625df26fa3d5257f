import { expect, test } from 'vitest'
import type { WantedNode } from '../../../src/base/node.ts'
import { packageSources } from '../../../src/features/nodes/package-sources.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import { somePackages } from '../../support/some-packages.ts'
import { aFacts, aNodesFolder, anImage, aSettings } from '../../support/world.ts'

const CUSTOM = '/workspace/ComfyUI/custom_nodes'

function wantedNode(folder: string, more: Partial<WantedNode> = {}): WantedNode {
  return {
    folder,
    source: { kind: 'git', url: `https://example.com/${folder}`, ref: undefined },
    enabled: true,
    required: false,
    onlyIf: [],
    env: {},
    requirements: undefined,
    from: 'COMFY_NODES',
    ...more,
  }
}

function sources(names: readonly string[], nodes: readonly WantedNode[], flags: readonly string[] = []) {
  const folder = aNodesFolder(CUSTOM)
  const stamps = { requirements: '1-2', install: undefined, code: '' }
  const image = { ...anImage(), flags: new Set(flags), managerRequirements: 'abc' }
  const facts = aFacts({
    image,
    packages: somePackages(),
    nodes: [
      { ...folder, exists: true, nodes: names.map((name) => ({ name, linkTarget: undefined, stamps })) },
    ],
  })
  const settings = aSettings()
  return packageSources(settings, facts, {
    places: decidePlaces(settings, facts),
    wanted: { nodes, problems: [] },
  })
}

test('nodes that a person put there themselves count too, after those that were asked for', () => {
  const found = sources(['by-hand', 'a-last', 'Second', 'first'], [wantedNode('first'), wantedNode('second')])

  expect(found.map(({ folder }) => folder)).toEqual(['first', 'Second', 'a-last', 'by-hand'])
  expect(found[3]?.requirementFiles).toEqual([`${CUSTOM}/by-hand/requirements.txt`])
})

test('a node that is switched off, or for another machine, brings no packages', () => {
  const nodes = [wantedNode('off', { enabled: false }), wantedNode('gpu', { onlyIf: ['gpu'] })]

  expect(sources(['off', 'gpu', 'on'], nodes).map(({ folder }) => folder)).toEqual(['on'])
})

test('a manifest’s own lines, variables and word on being required go with a node', () => {
  const node = wantedNode('one', { requirements: ['numpy'], env: { A: 'b' }, required: true })

  expect(sources(['one'], [node])[0]).toMatchObject({
    requirements: ['numpy'],
    env: { A: 'b' },
    required: true,
  })
  expect(sources(['one'], [node])[0]?.stamp).not.toBe(sources(['one'], [])[0]?.stamp)
})

test('ComfyUI-Manager comes as a package with a ComfyUI that has it, unless it lies in custom_nodes', () => {
  const manager = wantedNode('ComfyUI-Manager', {
    source: { kind: 'git', url: 'https://github.com/Comfy-Org/ComfyUI-Manager', ref: undefined },
  })

  const builtIn = sources([], [manager], ['--enable-manager'])
  expect(builtIn).toMatchObject([
    { folder: 'ComfyUI-Manager', requirementFiles: ['/workspace/ComfyUI/manager_requirements.txt'] },
  ])
  expect(sources([], [manager])).toEqual([])
  expect(sources(['comfyui-manager'], [manager], ['--enable-manager'])).toMatchObject([
    { requirementFiles: [`${CUSTOM}/comfyui-manager/requirements.txt`] },
  ])
})

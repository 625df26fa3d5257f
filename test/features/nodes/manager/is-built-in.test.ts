import { expect, test } from 'vitest'
import { startsManager } from '../../../../src/features/nodes/manager/is-built-in.ts'
import { wantedNodes } from '../../../../src/features/nodes/wanted.ts'
import { decidePlaces } from '../../../../src/features/workspace/places.ts'
import { somePackages } from '../../../support/some-packages.ts'
import { aFacts, aNodesFolder, anImage, aSettings } from '../../../support/world.ts'

const IMAGE = { ...anImage(), flags: new Set(['--enable-manager']), managerRequirements: 'x' }
const WITH_MANAGER = somePackages({ versions: new Map([['comfyui-manager', '4.2.2']]) })

function starts(
  facts: Parameters<typeof aFacts>[0],
  nodes: readonly string[] = ['ComfyUI-Manager'],
): boolean {
  const settings = aSettings({ nodes })
  const all = aFacts({ image: IMAGE, packages: WITH_MANAGER, ...facts })
  return startsManager(all, decidePlaces(settings, all), wantedNodes(settings, all).nodes)
}

test('ComfyUI-Manager is switched on where it is wanted and the image has its package', () => {
  expect(starts({})).toBe(true)
  expect(starts({}, [])).toBe(false)
})

test('it is not switched on without its package, which is no part of ComfyUI itself', () => {
  expect(starts({ packages: somePackages() })).toBe(false)
})

test('it is switched on once its package lies in the overlay', () => {
  const { identity, places } = somePackages()
  const packages = [{ name: 'comfyui-manager', version: '4.2.2', for: ['ComfyUI-Manager'] }]
  const record = { version: 1, identity, asked: 'a', packages, nodes: {}, atMs: 1, ms: 1 } as const
  const current = { path: `${places.folder}/a`, python: `${places.folder}/a/bin/python`, record }
  expect(starts({ packages: somePackages({ current }) })).toBe(true)
})

test('it is left off where it lies in custom_nodes, which ComfyUI would skip then', () => {
  expect(starts({ nodes: [aNodesFolder('/workspace/ComfyUI/custom_nodes', ['comfyui-manager'])] })).toBe(
    false,
  )
})

test('it is left off with a ComfyUI that does not know it', () => {
  expect(starts({ image: anImage() })).toBe(false)
})

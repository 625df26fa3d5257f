import { describe, expect, test } from 'vitest'
import { receipts } from '../../../src/app/nodes/receipts.ts'
import { sceneOf } from '../../../src/app/nodes/view.ts'
import type { Checkout, NodeImport, OverlayRecord, WantedNode } from '../../../src/base/node.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import type { NodeFolder } from '../../../src/facts/folder-facts.ts'
import type { PackagesFacts } from '../../../src/facts/node-facts.ts'
import { aFacts, aSettings } from '../../support/world.ts'

const NODES = '/workspace/ComfyUI/custom_nodes'
const COMMIT = 'a1b2c3d4'.repeat(5)
const AT = Date.UTC(2026, 10, 21, 9)

test('what is asked for comes first, in its order, then what lies there by hand and from the image', () => {
  const lying = [
    { name: 'mine', linkTarget: undefined },
    { name: 'b', linkTarget: undefined },
    { name: 'brought', linkTarget: '/opt/comfy-init/nodes/./brought' },
  ]
  const list = made({ lying, wanted: [aWanted('b'), aWanted('a')] })
  expect(list.map(({ folder, origin, state }) => [folder, origin, state])).toEqual([
    ['b', 'asked', 'unchecked'],
    ['a', 'asked', 'absent'],
    ['mine', 'by-hand', 'unchecked'],
    ['brought', 'image', 'unchecked'],
  ])
})

test('a receipt joins the checkout, the packages and the import of one node', () => {
  const [receipt] = made({
    lying: [{ name: 'Pack', linkTarget: undefined }],
    wanted: [aWanted('pack', { required: true })],
    checkouts: [aCheckout('pack')],
    packages: { pack: { added: ['einops==0.8'], failure: undefined, script: undefined } },
    imports: { Pack: { result: 'ok', line: undefined, seconds: 0.2 } },
  })
  expect(receipt).toMatchObject({
    folder: 'Pack',
    path: `${NODES}/Pack`,
    from: '/workspace/.comfy-init/nodes.yaml',
    required: true,
    pin: COMMIT,
    state: 'ok',
    packages: ['einops==0.8'],
    import: { result: 'ok' },
    at: '2026-11-21T09:00:00.000Z',
    ms: 1200,
  })
})

describe('states', () => {
  test('a failed checkout says why and what to type', () => {
    const failure = {
      code: 'NODE_NOT_RESOLVED',
      details: { name: 'pack', source: 'https://a/pack', reason: 'no such branch' },
      temporary: false,
    } as const
    const [receipt] = made({
      wanted: [aWanted('pack')],
      checkouts: [{ ...aCheckout('pack'), locked: undefined, failure }],
    })
    expect(receipt).toMatchObject({ state: 'failed', pin: undefined })
    expect(receipt?.why).toMatch(/^Cannot /)
    expect(receipt?.problems.map(({ why }) => why)).toEqual(['https://a/pack: no such branch.'])
  })

  test.each<[NodeImport['result'], string, string | undefined]>([
    ['ok', 'ok', undefined],
    ['failed', 'failed', 'ComfyUI cannot import it: No module named x'],
    ['breaks-start', 'failed', 'ComfyUI does not start with it: No module named x'],
    ['not-loaded', 'unchecked', undefined],
  ])('an import that ended with %s makes it %s', (result, state, why) => {
    const [receipt] = made({
      lying: [{ name: 'pack', linkTarget: undefined }],
      imports: { pack: { result, line: 'No module named x', seconds: undefined } },
    })
    const log = state === 'failed' ? '/workspace/.comfy-init/nodes/logs/import-check.log' : undefined
    expect(receipt).toMatchObject({ state, why, log })
  })

  test('a failed install script is a failure, with the last line it printed', () => {
    const script = { result: 'failed', line: 'no compiler', ms: 5 } as const
    const [receipt] = made({
      lying: [{ name: 'pack', linkTarget: undefined }],
      packages: { pack: { added: [], failure: undefined, script } },
    })
    expect(receipt).toMatchObject({ state: 'failed', why: 'Its install script failed: no compiler' })
  })

  test('one that a manifest or a person switched off is off', () => {
    const list = made({
      wanted: [aWanted('by-file', { enabled: false }), aWanted('by-hand')],
      disabled: ['By-Hand'],
    })
    expect(list.map(({ state }) => state)).toEqual(['switched-off', 'switched-off'])
  })
})

type Making = {
  readonly lying?: readonly NodeFolder[]
  readonly disabled?: readonly string[]
  readonly wanted?: readonly WantedNode[]
  readonly checkouts?: readonly Checkout[]
  readonly packages?: OverlayRecord['nodes']
  readonly imports?: Readonly<Record<string, NodeImport>>
}

function made(making: Making) {
  const { lying = [], disabled = [], wanted = [], checkouts = [], packages, imports } = making
  const facts: Facts = {
    ...aFacts({
      nodes: [{ path: NODES, exists: true, nodes: lying, disabled }],
      packages: packages === undefined ? undefined : packagesOf(packages),
    }),
    nodeRecords: {
      ...aFacts().nodeRecords,
      checkouts: new Map(checkouts.map((each) => [each.folder.toLowerCase(), each])),
      imports:
        imports === undefined ? undefined : { version: 1, asked: 'x', nodes: imports, atMs: AT, ms: 1 },
    },
  }
  const settings = aSettings()
  return receipts(settings, facts, { places: sceneOf(settings, facts).places, wanted })
}

function packagesOf(nodes: OverlayRecord['nodes']): PackagesFacts {
  const identity = { python: '3.12', arch: 'x64', torch: undefined, cuda: undefined, image: '0' }
  const record: OverlayRecord = { version: 1, identity, asked: 'x', packages: [], nodes, atMs: AT, ms: 1 }
  return {
    identity,
    key: 'py312',
    sites: [],
    versions: new Map(),
    constraints: undefined,
    places: { folder: '/p', current: '/p/current', failed: '/p/failed.json' },
    current: { path: '/p/1', python: '/p/1/bin/python', record },
    failed: undefined,
  }
}

function aWanted(folder: string, overrides: Partial<WantedNode> = {}): WantedNode {
  return {
    folder,
    source: { kind: 'git', url: `https://github.com/a/${folder}`, ref: undefined },
    ...{ enabled: true, required: false, onlyIf: [], env: {}, requirements: undefined },
    from: '/workspace/.comfy-init/nodes.yaml',
    ...overrides,
  }
}

function aCheckout(folder: string): Checkout {
  const { source } = aWanted(folder)
  return {
    folder,
    request: 'r',
    locked: { folder, source, commit: COMMIT },
    failure: undefined,
    atMs: AT,
    ms: 1200,
  }
}

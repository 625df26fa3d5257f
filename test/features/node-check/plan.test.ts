import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import type { ImportRecord, OverlayRecord, PackageSource, WantedNode } from '../../../src/base/node.ts'
import { overlaysIn } from '../../../src/base/node-places.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import type { PackagesFacts } from '../../../src/facts/node-facts.ts'
import { importsAsked } from '../../../src/features/node-check/asked.ts'
import { leftOut } from '../../../src/features/node-check/left-out.ts'
import { usableFacts } from '../../../src/features/node-check/overlay-fault.ts'
import { planNodeCheck } from '../../../src/features/node-check/plan.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { FLAGS } from '../../support/recent-comfyui.ts'
import { aFacts, aNodesFolder, anImage, aSettings } from '../../support/world.ts'

const CUSTOM_NODES = '/workspace/ComfyUI/custom_nodes'

const PLACES: Places = {
  mode: 'move',
  reason: 'a test',
  code: '/workspace/ComfyUI',
  base: '/workspace/ComfyUI',
  customNodes: CUSTOM_NODES,
  models: '/workspace/ComfyUI/models',
  copies: false,
  layout: layoutOf('/workspace'),
}

const aNode = (folder: string, code = '1') => ({
  name: folder,
  linkTarget: undefined,
  stamps: { requirements: undefined, install: undefined, code },
})

const aWanted = (folder: string, overrides: Partial<WantedNode> = {}): WantedNode => ({
  ...{ folder, source: { kind: 'path', path: '/x' }, enabled: true, required: false, onlyIf: [] },
  ...{ env: {}, requirements: undefined, from: 'nodes.yaml', ...overrides },
})

const aSource = (folder: string): PackageSource => ({
  ...{ folder, path: `${CUSTOM_NODES}/${folder}`, requirementFiles: [], requirements: undefined },
  ...{ script: undefined, env: {}, required: false, stamp: '' },
})

function somePackages(nodes: OverlayRecord['nodes']): PackagesFacts {
  const identity = { python: '3.12', arch: 'x64', torch: undefined, cuda: undefined, image: '0' }
  const record = { version: 1, identity, asked: '', packages: [], nodes, atMs: 0, ms: 0 } as const
  const places = overlaysIn('/workspace/.comfy-init/packages', 'key')
  const current = { path: `${places.folder}/set`, python: `${places.folder}/set/bin/python`, record }
  return {
    ...{ identity, key: 'key', sites: [], versions: new Map(), constraints: undefined },
    ...{ places, current, failed: undefined },
  }
}

type World = {
  readonly facts?: Partial<Facts>
  readonly settings?: Partial<Settings>
  readonly wanted?: readonly WantedNode[]
  readonly nodes?: readonly ReturnType<typeof aNode>[]
  /** Given the digest of what is there. */
  readonly imports?: (asked: string, facts: Facts) => Partial<ImportRecord>
  readonly places?: Places
}

function inWorld({ nodes = [aNode('one'), aNode('two')], wanted = [], places = PLACES, ...world }: World) {
  const settings = aSettings(world.settings)
  const folder = { ...aNodesFolder(CUSTOM_NODES), exists: true, nodes }
  const before = aFacts({ nodes: [folder], ...world.facts })
  const about = { places, wanted }
  const asked = importsAsked(settings, before, about)
  const imports = world.imports && {
    ...{ version: 1 as const, asked, nodes: {}, atMs: before.sinceMs - 1000, ms: 1 },
    ...world.imports(asked, before),
  }
  const facts = { ...before, nodeRecords: { ...before.nodeRecords, imports } }
  const comfyui = () => ({ service: { file: '', args: [], env: {}, cwd: '/' }, secrets: [] })
  const plan = () =>
    planNodeCheck(settings, facts, { ...about, comfyui, sources: nodes.map(({ name }) => aSource(name)) })
  return { asked, plan, leftOut: () => Object.fromEntries(leftOut(settings, facts, about)) }
}

const stepsIn = (world: World) =>
  inWorld(world)
    .plan()
    .steps.map(({ title }) => title)
const problemsIn = (world: World) =>
  inWorld(world)
    .plan()
    .problems.map(({ code, level }) => [code, level])

const failed =
  (folder: string, result: 'failed' | 'breaks-start' = 'failed') =>
  () => ({
    nodes: { [folder]: { result, line: 'ValueError: x', seconds: 1 } },
  })

test('nodes that nobody imported yet are imported on trial', () => {
  expect(stepsIn({})).toEqual(['Import 2 custom nodes on trial'])
  expect(stepsIn({ nodes: [aNode('one')] })).toEqual(['Import the custom node on trial'])
})

test('nothing is done once the record is of just these nodes', () => {
  expect(inWorld({ imports: () => ({}) }).plan()).toEqual({ steps: [], problems: [] })
})

test.each([
  ['there are no nodes', { nodes: [] }],
  ['it is switched off', { settings: { nodeCheck: false } }],
  ['ComfyUI cannot end by itself', { facts: { image: anImage({ flags: new Set(['--cpu']) }) } }],
  ['its flags could not be read', { facts: { image: anImage({ flags: new Set<string>() }) } }],
  ['the person starts it without nodes', { settings: { args: ['--disable-all-custom-nodes'] } }],
  ['its tree is still to be copied', { places: { ...PLACES, copies: true } }],
] as const)('nothing is imported where %s', (_, world) => {
  expect(inWorld(world).plan()).toEqual({ steps: [], problems: [] })
})

test.each([
  ['a node came', { nodes: [aNode('one'), aNode('two'), aNode('three')] }],
  ['a node left', { nodes: [aNode('one')] }],
  ['a node changed', { nodes: [aNode('one', '2'), aNode('two')] }],
  ['a node was switched off', { wanted: [aWanted('one', { enabled: false })] }],
  ['the image is another one', { facts: { image: anImage({ identity: 'another' }) } }],
  ['the GPU is gone', { settings: { gpu: 'require' } }],
] as const)('nodes are imported again once %s', (_, world) => {
  const { asked } = inWorld({})
  expect(inWorld(world).asked).not.toBe(asked)
  expect(stepsIn({ ...world, imports: () => ({ asked }) })).toHaveLength(1)
})

test('what this start imported is not imported again by it, whatever the nodes did to themselves', () => {
  const imports = (_: string, { sinceMs }: Facts) => ({ asked: 'another', atMs: sinceMs })
  expect(stepsIn({ imports })).toEqual([])
})

test('a check that came to nothing is done again by the next start alone, and only where that may help', () => {
  const failure = { code: 'COMFYUI_FAILS_WITHOUT_NODES', details: { line: 'x', log: '/l' } } as const
  const of = (temporary: boolean, later: number) => ({
    imports: (_: string, { sinceMs }: Facts) => ({
      failure: { ...failure, temporary },
      atMs: sinceMs + later,
    }),
  })
  expect(stepsIn(of(true, -1))).toHaveLength(1)
  expect(stepsIn(of(true, 1))).toHaveLength(1)
  expect(stepsIn(of(true, 0))).toEqual([])
  expect(stepsIn(of(false, -1))).toEqual([])
  expect(problemsIn(of(false, -1))).toEqual([['COMFYUI_FAILS_WITHOUT_NODES', 'warning']])
})

test('a node that failed is told of, and refuses the boot where it is required', () => {
  const imports = failed('one')
  expect(problemsIn({ imports })).toEqual([['NODE_IMPORT_FAILED', 'warning']])
  expect(problemsIn({ imports, wanted: [aWanted('One')] })).toEqual([['NODE_IMPORT_FAILED', 'warning']])
  expect(problemsIn({ imports, wanted: [aWanted('One', { required: true })] })).toEqual([
    ['NODE_IMPORT_FAILED', 'blocking'],
  ])
  expect(problemsIn({ imports: failed('one', 'breaks-start') })).toEqual([['NODE_BREAKS_START', 'warning']])
})

test('a wanted node that failed is left out; one that came by hand only when it breaks the start', () => {
  const wanted = [aWanted('one')]
  expect(inWorld({ imports: failed('one'), wanted }).leftOut()).toEqual({
    one: 'cannot be imported: ValueError: x',
  })
  expect(inWorld({ imports: failed('one') }).leftOut()).toEqual({})
  expect(inWorld({ imports: failed('one', 'breaks-start') }).leftOut()).toEqual({
    one: 'keeps ComfyUI from starting: ValueError: x',
  })
})

test('nothing is left out for what the record of other nodes says, or while nobody is to check', () => {
  const imports = () => ({ ...failed('one', 'breaks-start')(), asked: 'another' })
  expect(inWorld({ imports }).leftOut()).toEqual({})
  const settings = { nodeCheck: false }
  expect(inWorld({ imports: failed('one', 'breaks-start'), settings }).leftOut()).toEqual({})
})

test('what is switched off, not for this machine, or without its packages is left out', () => {
  const wanted = [
    aWanted('off', { enabled: false }),
    aWanted('gpu', { onlyIf: ['gpu'] }),
    aWanted('arm', { onlyIf: ['arm64'] }),
    aWanted('poor'),
    aWanted('good', { onlyIf: ['cpu', 'amd64'] }),
  ]
  const failure = { code: 'NODE_IMPORT_FAILED', details: {}, temporary: false } as const
  const packages = somePackages({ Poor: { added: [], failure, script: undefined } })
  expect(inWorld({ wanted, facts: { packages } }).leftOut()).toEqual({
    off: 'is switched off in nodes.yaml',
    gpu: 'is only for machines with a GPU',
    arm: 'is only for arm64 processors',
    poor: 'lacks packages that it requires',
  })
})

test.each([
  ['ComfyUI does not know how', { facts: { image: anImage({ flags: new Set(FLAGS.slice(0, 3)) }) } }],
  ['the person chooses', { settings: { args: ['--whitelist-custom-nodes', 'x'] } }],
] as const)('nothing is left out where %s', (_, world) => {
  expect(inWorld({ ...world, wanted: [aWanted('one', { enabled: false })] }).leftOut()).toEqual({})
})

test('a node that is named like a flag is told of once another one is left out', () => {
  const nodes = [aNode('one'), aNode('--help')]
  expect(problemsIn({ nodes, imports: () => ({}) })).toEqual([])
  expect(problemsIn({ nodes, imports: failed('one', 'breaks-start') })).toEqual([
    ['NODE_BREAKS_START', 'warning'],
    ['NODE_NAMED_LIKE_FLAG', 'warning'],
  ])
})

test('an overlay that ComfyUI does not start with is not used, and another one is', () => {
  const packages = somePackages({})
  const used = (overlay: string | undefined, nodeCheck = true) => {
    const details = { line: 'x', packages: undefined, overlay, log: '/l' }
    const failure = { code: 'OVERLAY_BREAKS_COMFYUI', details, temporary: false } as const
    const { nodeRecords } = aFacts()
    const imports = { version: 1, asked: 'another', nodes: {}, failure, atMs: 1, ms: 1 } as const
    const facts = aFacts({ packages, nodeRecords: { ...nodeRecords, imports } })
    return usableFacts(aSettings({ nodeCheck }), facts).packages?.current
  }
  expect(used(packages.current?.path)).toBeUndefined()
  expect(used('/another')).toBe(packages.current)
  expect(used(packages.current?.path, false)).toBe(packages.current)
})

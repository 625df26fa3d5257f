import { describe, expect, test } from 'vitest'
import { withoutOldFailures } from '../../../src/app/nodes/old-failures.ts'
import { IMAGE_NODES } from '../../../src/base/layout.ts'
import type { Checkout, LockedNode, NodeFailure } from '../../../src/base/node.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import type { NodesFolder } from '../../../src/facts/folder-facts.ts'
import { choicesFor } from '../../../src/features/nodes/choose.ts'
import { lockText } from '../../../src/features/nodes/lock/lock-text.ts'
import { EMPTY_LOCK } from '../../../src/features/nodes/lock/merge-locks.ts'
import { requestOf } from '../../../src/features/nodes/lock/request.ts'
import { planCheckouts, planImageNodes } from '../../../src/features/nodes/plan.ts'
import { wantedNodes } from '../../../src/features/nodes/wanted.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { somePackages } from '../../support/some-packages.ts'
import { aFacts, aNodesFolder, anImage, aSettings } from '../../support/world.ts'

const CUSTOM = '/workspace/ComfyUI/custom_nodes'

describe('nodes of the image', () => {
  test('they are linked where they are absent', () => {
    expect(linked([aNodesFolder(IMAGE_NODES, ['a', 'b']), aNodesFolder(CUSTOM, ['B'])])).toEqual(['a'])
  })

  test('they are linked also before custom_nodes exists', () => {
    expect(linked([aNodesFolder(IMAGE_NODES, ['a']), aNodesFolder(CUSTOM)])).toEqual(['a'])
  })

  test('what was switched off stays off', () => {
    const custom = { ...aNodesFolder(CUSTOM, ['a.disabled']), disabled: ['b'] }
    expect(linked([aNodesFolder(IMAGE_NODES, ['a', 'b']), custom])).toEqual([])
  })

  test('a link of ours that was switched off by a new name stays off', () => {
    const custom = withLinks({ 'a.disabled': `${IMAGE_NODES}/./a` })
    expect(linked([aNodesFolder(IMAGE_NODES, ['a']), custom])).toEqual([])
  })

  test('nothing is planned when the links are there', () => {
    expect(linked([aNodesFolder(IMAGE_NODES, ['a']), withLinks({ a: `${IMAGE_NODES}/./a` })])).toEqual([])
  })

  test('a link of ours whose node the image has no more is removed, a person’s stays', () => {
    const custom = withLinks({ gone: `${IMAGE_NODES}/./gone`, theirs: `${IMAGE_NODES}/theirs` })
    expect(linked([aNodesFolder(IMAGE_NODES, []), custom])).toEqual(['gone'])
  })

  test('nodes inside the image’s ComfyUI are linked in link mode alone', () => {
    const nodes = [aNodesFolder('/opt/ComfyUI/custom_nodes', ['baked', '.git', '__pycache__'])]
    const settings = aSettings({ adopt: 'link' })
    const facts = aFacts({ nodes })
    const plan = planImageNodes(settings, facts, decidePlaces(settings, facts))
    expect(plan.steps[0]?.changes).toEqual(['/workspace/custom_nodes/baked'])
    expect(linked(nodes)).toEqual([])
  })

  test('a COMFY_CUSTOM_NODES_DIR that is not there is named', () => {
    const facts = aFacts()
    const settings = aSettings({ nodesFolder: '/nodes' })
    const { problems } = planImageNodes(settings, facts, decidePlaces(settings, facts))
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual(['NODES_FOLDER_ABSENT warning'])
  })
})

describe('nodes to check out', () => {
  test('the default list is got into an empty workspace, all in one step that a boot can do without', () => {
    const [step, ...others] = planned({}, {}).steps
    expect(others).toEqual([])
    expect(step?.id).toBe('nodes/check-out')
    expect(step?.changes).toEqual([`${CUSTOM}/ComfyUI-Manager`, `${CUSTOM}/comfyui_controlnet_aux`])
    expect(step?.ifFails).toBe('go-on')
    expect(step?.as).toBeUndefined()
  })

  test.each<readonly [string, readonly NodesFolder[]]>([
    [
      'in custom_nodes, in other letters',
      [aNodesFolder(CUSTOM, ['comfyui-manager', 'ComfyUI_ControlNet_Aux'])],
    ],
    [
      'switched off',
      [{ ...aNodesFolder(CUSTOM, ['ComfyUI-Manager.disabled']), disabled: ['comfyui_controlnet_aux'] }],
    ],
    ['brought by the image', [aNodesFolder(IMAGE_NODES, ['ComfyUI-Manager', 'comfyui_controlnet_aux'])]],
    [
      'in the tree that is about to be copied',
      [aNodesFolder('/opt/ComfyUI/custom_nodes', ['ComfyUI-Manager', 'comfyui_controlnet_aux'])],
    ],
  ])('nothing is got that is %s', (_, nodes) => {
    expect(got({ nodes })).toEqual([])
  })

  test('nothing is got for an empty list', () => {
    expect(got({}, { nodes: [] })).toEqual([])
  })

  test('a node that ComfyUI has as a package of its own is not got', () => {
    const image = { ...anImage(), flags: new Set(['--enable-manager']), managerRequirements: 'x' }
    const packages = somePackages()
    expect(got({ image, packages }, { nodes: ['ComfyUI-Manager', 'a/b'] })).toEqual(['b'])
    expect(got({ image, packages }, { nodes: ['ComfyUI-Manager@3.0'] })).toEqual(['ComfyUI-Manager'])
    expect(got({ image }, { nodes: ['ComfyUI-Manager'] })).toEqual(['ComfyUI-Manager'])
  })
})

describe('a node that was got before', () => {
  const THERE = [aNodesFolder(CUSTOM, ['b'])]

  test('stays while it is asked for in the same way', () => {
    expect(got({ nodes: THERE, nodeRecords: records(checkout('a/b')) }, { nodes: ['a/b'] })).toEqual([])
  })

  test('is got anew when another ref is asked for', () => {
    expect(got({ nodes: THERE, nodeRecords: records(checkout('a/b')) }, { nodes: ['a/b@v2'] })).toEqual(['b'])
  })

  test('is got anew when the lock holds it to another commit', () => {
    const lock = { ...EMPTY_LOCK, nodes: [{ ...lockedNode('a/b'), commit: 'd'.repeat(40) }] }
    const nodeRecords = {
      ...records(checkout('a/b')),
      locks: [{ path: '/workspace/.comfy-init/nodes.lock.json', text: lockText(lock) }],
    }
    expect(got({ nodes: THERE, nodeRecords }, { nodes: ['a/b'] })).toEqual(['b'])
  })

  test('is left alone when it is somebody’s own, whatever is asked for', () => {
    expect(got({ nodes: THERE }, { nodes: ['a/b@v2'] })).toEqual([])
  })

  test('comes back when its folder is gone', () => {
    expect(got({ nodeRecords: records(checkout('a/b')) }, { nodes: ['a/b'] })).toEqual(['b'])
  })
})

describe('a node that could not be got', () => {
  const failure = (temporary: boolean): NodeFailure => ({
    code: 'NODE_CLONE_FAILED',
    details: { name: 'b', url: 'https://github.com/a/b', reason: 'it is not there' },
    temporary,
  })
  const failed = (temporary: boolean, atMs = 1) =>
    records({ ...checkout('a/b'), locked: undefined, failure: failure(temporary), atMs })

  test('is told again and not tried again while nothing changed', () => {
    const plan = planned({ nodeRecords: failed(false) }, { nodes: ['a/b'] })
    expect(plan.steps).toEqual([])
    expect(plan.problems.map(({ code, level, degrades }) => `${code} ${level} ${degrades}`)).toEqual([
      'NODE_CLONE_FAILED warning true',
    ])
  })

  test('is tried again when something else is asked for', () => {
    expect(got({ nodeRecords: failed(false) }, { nodes: ['a/b@v2'] })).toEqual(['b'])
  })

  test('is tried by the next start, and not twice by one, where the network was to blame', () => {
    expect(got({ nodeRecords: failed(true) }, { nodes: ['a/b'] })).toEqual(['b'])
    const { sinceMs } = aFacts()
    const plan = planned({ nodeRecords: failed(true, sinceMs) }, { nodes: ['a/b'] })
    expect(plan.steps).toEqual([])
    expect(plan.problems).toHaveLength(1)
  })

  test('is tried again where its time is in the future: the clock was wrong then', () => {
    const { nowMs } = aFacts()
    expect(got({ nodeRecords: failed(true, nowMs + 1) }, { nodes: ['a/b'] })).toEqual(['b'])
  })

  test('that failed after another request leaves nobody to think that the old one is the new one', () => {
    const nodes = [aNodesFolder(CUSTOM, ['b'])]
    const nodeRecords = records({ ...checkout('a/b'), failure: failure(true) })
    const seen = withoutOldFailures(aFacts({ nodes, nodeRecords }))
    expect(got({ nodes, nodeRecords: seen.nodeRecords }, { nodes: ['a/b'] })).toEqual(['b'])
  })

  test('what lies there is not taken for what the failed try was to get', () => {
    const nodes = [aNodesFolder(CUSTOM, ['b'])]
    const facts = aFacts({ nodes, nodeRecords: records({ ...checkout('a/b'), failure: failure(true) }) })
    const settings = aSettings({ nodes: ['a/b'] })
    const about = { places: decidePlaces(settings, facts), wanted: wantedNodes(settings, facts) }
    const [choice] = choicesFor(settings, facts, about)
    expect(choice?.act).toBe('check-out')
    expect(choice?.node.before?.request).not.toBe(choice?.node.request)
  })

  test('refuses the start when it is required', () => {
    const manifest = { path: '/etc/comfy-init/nodes.yaml', fault: undefined }
    const value = { nodes: [{ git: 'https://github.com/a/b', required: true }] }
    const nodeRecords = { ...failed(false), manifests: [{ ...manifest, value }] }
    const { problems } = planned({ nodeRecords }, {})
    expect(problems.map(({ level }) => level)).toEqual(['blocking'])
  })
})

test('a lock that cannot be read is named, and the nodes that lie there stay', () => {
  const locks = [{ path: '/workspace/.comfy-init/nodes.lock.json', text: '{' }]
  const nodeRecords = { ...records(checkout('a/b')), locks }
  const plan = planned({ nodes: [aNodesFolder(CUSTOM, ['b'])], nodeRecords }, { nodes: ['a/b'] })
  expect(plan.steps).toEqual([])
  expect(plan.problems.map(({ code, level }) => `${code} ${level}`)).toEqual(['NODES_LOCK_INVALID warning'])
})

function lockedNode(repository: string): LockedNode {
  const source = { kind: 'git', url: `https://github.com/${repository}`, ref: undefined } as const
  return { folder: repository.split('/')[1] ?? '', source, commit: 'c'.repeat(40) }
}

function checkout(repository: string): Checkout {
  const locked = lockedNode(repository)
  return { folder: locked.folder, request: requestOf(locked), locked, failure: undefined, atMs: 1, ms: 1 }
}

function records(...checkouts: readonly Checkout[]): Facts['nodeRecords'] {
  const byFolder = new Map(checkouts.map((each) => [each.folder.toLowerCase(), each]))
  return { ...aFacts().nodeRecords, checkouts: byFolder }
}

function linked(nodes: readonly NodesFolder[]): readonly string[] {
  const facts = aFacts({ nodes })
  const settings = aSettings()
  const plan = planImageNodes(settings, facts, decidePlaces(settings, facts))
  return plan.steps.flatMap((step) => step.changes.map((path) => path.replace(`${CUSTOM}/`, '')))
}

function planned(facts: Partial<Facts>, settings: Partial<Settings>) {
  const asked = aSettings(settings)
  const all = aFacts(facts)
  return planCheckouts(asked, all, { places: decidePlaces(asked, all), wanted: wantedNodes(asked, all) })
}

function got(facts: Partial<Facts>, settings: Partial<Settings> = {}): readonly string[] {
  return planned(facts, settings).steps.flatMap((step) =>
    step.changes.map((path) => path.replace(`${CUSTOM}/`, '')),
  )
}

function withLinks(links: Readonly<Record<string, string>>): NodesFolder {
  const nodes = Object.entries(links).map(([name, linkTarget]) => ({ name, linkTarget }))
  return { ...aNodesFolder(CUSTOM, []), nodes }
}

import { describe, expect, test } from 'vitest'
import { IMAGE_NODES } from '../../../src/base/layout.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import type { NodesFolder } from '../../../src/facts/folder-facts.ts'
import { planCheckouts, planImageNodes } from '../../../src/features/nodes/plan.ts'
import { wantedNodes } from '../../../src/features/nodes/wanted.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aFacts, aNodesFolder, aSettings } from '../../support/world.ts'

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

describe('nodes to clone', () => {
  test('the default list is cloned into an empty workspace, each on its own', () => {
    expect(cloned({})).toEqual(['nodes/clone-ComfyUI-Manager', 'nodes/clone-comfyui_controlnet_aux'])
    expect(planned({}, {}).steps.every((step) => step.ifFails === 'go-on' && step.as === undefined)).toBe(
      true,
    )
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
  ])('nothing is cloned that is %s', (_, nodes) => {
    expect(cloned({ nodes })).toEqual([])
  })

  test('nothing is cloned for an empty list', () => {
    expect(cloned({}, { nodes: [] })).toEqual([])
  })

  test('a bad entry blocks the boot before anything is cloned', () => {
    const { problems } = planned({}, { nodes: ['owner/repo', 'what is this'] })
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual(['NODE_NAME_INVALID blocking'])
  })
})

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

function cloned(facts: Partial<Facts>, settings: Partial<Settings> = {}): readonly string[] {
  return planned(facts, settings).steps.map(({ id }) => id)
}

function withLinks(links: Readonly<Record<string, string>>): NodesFolder {
  const nodes = Object.entries(links).map(([name, linkTarget]) => ({ name, linkTarget }))
  return { ...aNodesFolder(CUSTOM, []), nodes }
}

import { describe, expect, test } from 'vitest'
import type { Facts } from '../../../src/facts/facts.ts'
import type { ModelsEntry } from '../../../src/facts/folder-facts.ts'
import { planModels } from '../../../src/features/models/plan.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aFacts, aModelsFolder, aMount, aSettings, aTier } from '../../support/world.ts'

const HOT = aTier('/hot', ['loras', 'LLM'])
const COLD = aTier('/cold', ['loras', 'LLM', 'ipadapter'])
const MODELS = '/workspace/ComfyUI/models'

describe('the paths file', () => {
  test('nothing is planned without tiers', () => {
    expect(planOf({}, {}).steps).toEqual([])
  })

  test('a file of an earlier boot is removed when its tiers are gone', () => {
    expect(planOf({ modelPathsText: 'old' }, {}).steps.map(({ title }) => title)).toEqual([
      'Remove /workspace/.comfy-init/extra-model-paths.yaml',
    ])
  })

  test('it is written once and not again while its text is the same', () => {
    const tiers = [aTier('/hot', ['loras'])]
    const first = planOf({ tiers }, {})
    expect(first.steps.map(({ id }) => id)).toEqual(['models/write-paths'])
    const modelPathsText =
      '# Written by comfy-init at each boot; what is changed here is lost. See COMFY_SHARED_MODELS.\n' +
      'comfy_init_tier_1:\n  base_path: /hot\n  loras: loras\n'
    expect(planOf({ tiers, modelPathsText }, {}).steps).toEqual([])
    expect(planOf({ tiers, modelPathsText: `${modelPathsText}#` }, {}).steps).toHaveLength(1)
  })

  test('a folder of custom nodes that is not there is not named', () => {
    expect(planOf({}, { nodesFolder: '/nodes' }).steps).toEqual([])
    expect(planOf({ folders: new Set(['/nodes']) }, { nodesFolder: '/nodes' }).steps).toHaveLength(1)
  })

  test('models baked into the image are the coldest tier in link mode and are in place in move mode', () => {
    const baked = aModelsFolder('/opt/ComfyUI/models', [folder('loras', false), folder('vae', true)])
    const facts = { models: [baked] }
    expect(planOf(facts, { adopt: 'link' }).steps.map(({ id }) => id)).toEqual(['models/write-paths'])
    expect(planOf(facts, {}).steps).toEqual([])
  })
})

describe('links', () => {
  type Case = {
    readonly title: string
    readonly facts: Partial<Facts>
    readonly changes: readonly string[]
    readonly problems?: readonly string[]
  }
  const tiers = [HOT, COLD]
  test.each<Case>([
    { title: 'folders without a category are linked', facts: { tiers }, changes: ['LLM', 'ipadapter'] },
    {
      title: 'links that are right stay',
      facts: { tiers, models: inModels(link('LLM', '/hot/./LLM'), link('ipadapter', '/cold/./ipadapter')) },
      changes: [],
    },
    {
      title: 'a link of ours to a colder tier is led to the hotter one',
      facts: { tiers, models: inModels(link('LLM', '/cold/./LLM'), link('ipadapter', '/cold/./ipadapter')) },
      changes: ['LLM'],
    },
    {
      title: 'a link of ours whose folder vanished is removed, also when its tier is not configured any more',
      facts: { tiers: [HOT], models: inModels(link('LLM', '/hot/./LLM'), link('sams', '/gone/./sams')) },
      changes: ['sams'],
    },
    {
      title: 'a link that a person made stays, wherever it leads',
      facts: {
        tiers,
        models: inModels(link('LLM', '/mine/LLM'), link('ipadapter', '/cold/LLM'), link('x', '/hot/x')),
      },
      changes: [],
    },
    {
      title: 'an empty folder is replaced and a full one is left with a warning',
      facts: { tiers, models: inModels(folder('LLM', true), folder('ipadapter', false)) },
      changes: ['LLM'],
      problems: ['MODELS_FOLDER_IN_THE_WAY'],
    },
    {
      title: 'an empty folder that is a mount is left alone',
      facts: {
        tiers: [HOT],
        models: inModels(folder('LLM', true)),
        mounts: [aMount(), aMount({ point: `${MODELS}/LLM` })],
      },
      changes: [],
    },
    {
      title: 'nothing is linked into a models folder that is a mount',
      facts: { tiers, mounts: [aMount(), aMount({ point: MODELS })] },
      changes: [],
    },
    {
      title: 'nothing is linked into a models folder that is a link into a tier',
      facts: { tiers, models: [{ ...aModelsFolder(MODELS, []), real: '/hot/sub' }] },
      changes: [],
    },
    {
      title: 'a near miss is named',
      facts: { tiers: [aTier('/hot', ['Lora', 'loras'])] },
      changes: ['Lora'],
      problems: ['MODELS_FOLDER_NEAR_MISS'],
    },
    {
      title: 'custom nodes in a tier are never loaded',
      facts: { tiers: [aTier('/hot', ['custom_nodes'])] },
      changes: [],
    },
  ])('$title', ({ facts, changes, problems = [] }) => {
    // A mount inside <workspace>/ComfyUI would make it link mode; the folder is the same in both.
    const plan = planOf(facts, { adopt: 'move' })
    const step = plan.steps.find(({ id }) => id === 'models/link-folders')
    expect((step?.changes ?? []).map((path) => path.replace(`${MODELS}/`, ''))).toEqual(changes)
    expect(plan.problems.map(({ code }) => code)).toEqual(problems)
    expect(plan.problems.every(({ level }) => level === 'warning')).toBe(true)
  })
})

function planOf(facts: Partial<Facts>, settings: Partial<Settings>) {
  const all = aFacts(facts)
  const asked = aSettings(settings)
  return planModels(asked, all, decidePlaces(asked, all))
}

function inModels(...entries: readonly ModelsEntry[]) {
  return [aModelsFolder(MODELS, entries)]
}

function link(name: string, linkTarget: string): ModelsEntry {
  return { name, kind: 'link', linkTarget, empty: false }
}

function folder(name: string, empty: boolean): ModelsEntry {
  return { name, kind: 'folder', linkTarget: undefined, empty }
}

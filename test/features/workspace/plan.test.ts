import { describe, expect, test } from 'vitest'
import { layoutOf, STATE_FOLDERS } from '../../../src/base/layout.ts'
import { joinPlans, type Plan } from '../../../src/engine/plan.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import { planWorkspace } from '../../../src/features/workspace/plan.ts'
import { planPreparation } from '../../../src/features/workspace/prepare.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import {
  aFacts,
  aFolder,
  aMarker,
  aMount,
  anImage,
  aSettings,
  aTrees,
  aWorkspace,
  unable,
} from '../../support/world.ts'

const OURS = aWorkspace({ tree: { state: 'ours', marker: aMarker(), isLinked: false } })
const LINKED = anImage({ place: 'link', linkTarget: '/workspace/ComfyUI' })

type Case = {
  readonly title: string
  readonly settings?: Partial<Settings>
  readonly facts?: Partial<Facts>
  readonly steps?: readonly string[]
  readonly problems?: readonly string[]
}

describe('the workspace’s plan', () => {
  test.each<Case>([
    {
      title: 'an empty workspace is given the image tree',
      steps: ['own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'an empty folder where ComfyUI goes is replaced',
      facts: { workspace: aWorkspace({ tree: { state: 'empty' } }) },
      steps: ['own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'a copy that was cut short is made again',
      facts: { workspace: aWorkspace({ tree: { state: 'torn' } }) },
      steps: ['own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'nothing is done when all is as it should be',
      facts: { workspace: OURS, image: LINKED, folders: all('/workspace/ComfyUI') },
      steps: [],
    },
    {
      title: 'nothing is done when the image’s place is gone but belongs to no known tree',
      facts: { workspace: OURS, image: undefined, folders: all('/workspace/ComfyUI') },
      steps: [],
    },
    {
      title: 'a new container of the same image only gets its link',
      facts: { workspace: OURS, folders: all('/workspace/ComfyUI') },
      steps: ['give-way'],
    },
    {
      title: 'a new container of another image keeps its tree, which an upgrade would copy, and says so',
      facts: {
        workspace: OURS,
        folders: all('/workspace/ComfyUI'),
        image: anImage({ identity: 'other', version: '0.40.0' }),
      },
      settings: { upgrade: 'ask' },
      steps: [],
      problems: ['IMAGE_DIFFERS'],
    },
    {
      title: 'a boot cut between the image’s folder and its link only makes the link',
      facts: {
        workspace: OURS,
        image: undefined,
        vacantHome: '/opt/ComfyUI',
        folders: all('/workspace/ComfyUI'),
      },
      steps: ['give-way'],
    },
    {
      title: 'an image tree that cannot become a link is left in its place',
      facts: { workspace: OURS, image: anImage({ replaceable: false }), folders: all('/workspace/ComfyUI') },
      steps: [],
    },
    {
      title: 'an image tree with a mount inside is never removed',
      facts: {
        workspace: OURS,
        mounts: [aMount(), aMount({ point: '/opt/ComfyUI/models' })],
        folders: all('/workspace/ComfyUI'),
      },
      steps: [],
    },
    {
      title: 'a missing state folder alone is made',
      facts: {
        workspace: OURS,
        image: LINKED,
        folders: without(all('/workspace/ComfyUI'), '/workspace/ComfyUI/output'),
      },
      steps: ['state-folders'],
    },
    {
      title: 'link mode makes the state folders in the workspace and nothing else',
      settings: { adopt: 'link' },
      steps: ['own-folder', 'state-folders'],
    },
    {
      title: 'link mode plans nothing when all is as it should be',
      settings: { adopt: 'link' },
      facts: { folders: all('/workspace') },
      steps: [],
    },
    {
      title: 'link mode says when a mount inside the image tree is not looked at',
      settings: { adopt: 'link' },
      facts: { folders: all('/workspace'), mounts: [aMount(), aMount({ point: '/opt/ComfyUI/output' })] },
      steps: [],
      problems: ['IMAGE_MOUNTS_UNUSED'],
    },
    {
      title: 'link mode looks at models that are mounted inside the image tree',
      settings: { adopt: 'link' },
      facts: { folders: all('/workspace'), mounts: [aMount(), aMount({ point: '/opt/ComfyUI/models' })] },
      steps: [],
    },
    {
      title: 'link mode removes half a copy that a boot with other settings left',
      settings: { adopt: 'link' },
      facts: { folders: all('/workspace'), workspace: aWorkspace({ trees: aTrees({ isStaged: true }) }) },
      steps: ['clear-staging'],
    },
    {
      title: 'half a copy is removed where the tree is kept, and nobody will finish it',
      settings: { upgrade: 'keep' },
      facts: {
        workspace: { ...OURS, trees: aTrees({ isStaged: true }) },
        image: LINKED,
        folders: all('/workspace/ComfyUI'),
      },
      steps: ['clear-staging'],
    },
    {
      title: 'half a copy that this boot goes on with stays',
      facts: { workspace: aWorkspace({ trees: aTrees({ isStaged: true }) }) },
      steps: ['own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'a fresh volume of root’s is given to the target first',
      facts: { workspace: aWorkspace({ entry: aFolder({ uid: 0 }), abilities: unable('EACCES') }) },
      steps: ['take-folder', 'own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'fresh volumes of root’s at parts of the workspace are given too',
      facts: {
        workspace: aWorkspace({ bareMounts: ['/workspace/output', '/workspace/user'] }),
      },
      steps: ['take-folder', 'take-folder', 'own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'they are not where a link leads',
      facts: { workspace: aWorkspace({ bareMounts: ['/workspace/output'], isLinked: true }) },
      steps: ['own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'a workspace that is absent is made',
      facts: {
        workspace: aWorkspace({ entry: undefined, abilities: undefined, isMount: false, mount: undefined }),
      },
      steps: ['take-folder', 'own-folder', 'state-folders'],
    },
    {
      title: 'a foreign tree is refused',
      facts: { workspace: aWorkspace({ tree: { state: 'foreign', found: ['main.py'] } }) },
      steps: ['own-folder', 'state-folders'],
      problems: ['WORKSPACE_FOREIGN'],
    },
    {
      title: 'mounts in the tree’s place are no obstacle',
      settings: { adopt: 'move' },
      facts: { mounts: [aMount(), aMount({ point: '/workspace/ComfyUI/models' })] },
      steps: ['own-folder', 'adopt-image', 'give-way', 'state-folders'],
    },
    {
      title: 'COMFY_ADOPT=move of a tree with mounts inside is refused',
      settings: { adopt: 'move' },
      facts: { mounts: [aMount(), aMount({ point: '/opt/ComfyUI/models' })] },
      steps: ['own-folder', 'state-folders'],
      problems: ['IMAGE_TREE_HAS_MOUNTS'],
    },
    { title: 'nothing is planned without any ComfyUI; preflight refuses that', facts: { image: undefined } },
    {
      title: 'a container whose moved tree is gone is refused with that reason',
      facts: { image: undefined, lostImage: { path: '/opt/ComfyUI', linkTarget: '/workspace/ComfyUI' } },
      problems: ['IMAGE_TREE_LOST'],
    },
  ])('$title', ({ settings = {}, facts = {}, steps = [], problems = [] }) => {
    const plan = planOf(aSettings(settings), aFacts(facts))
    expect(plan.steps.map(({ id }) => id.replace('workspace/', ''))).toEqual(steps)
    expect(plan.problems.map(({ code }) => code)).toEqual(problems)
  })

  test('only what needs root acts as root', () => {
    const fresh = aWorkspace({ entry: aFolder({ uid: 0 }), abilities: unable('EACCES') })
    const plan = planOf(aSettings(), aFacts({ workspace: fresh }))
    const asRoot = plan.steps.filter((step) => step.as === 'root').map(({ id }) => id)
    expect(asRoot).toEqual(['workspace/take-folder', 'workspace/give-way'])
  })

  test('the warning about another image names both versions and a way to run the image’s', () => {
    const image = anImage({ identity: 'other', version: '0.40.0' })
    const [problem] = planOf(aSettings({ upgrade: 'keep' }), aFacts({ workspace: OURS, image })).problems
    expect(problem?.level).toBe('warning')
    expect(problem?.in('docker')).toMatchObject({
      what: 'The workspace has ComfyUI 0.33.0, the image has 0.40.0.',
      remedy: expect.stringContaining('comfy-init workspace upgrade'),
    })
  })

  test('a refusal blocks the boot', () => {
    const facts = aFacts({ workspace: aWorkspace({ tree: { state: 'foreign', found: ['main.py'] } }) })
    expect(planOf(aSettings(), facts).problems[0]?.level).toBe('blocking')
  })
})

function planOf(settings: Settings, facts: Facts): Plan {
  const places = decidePlaces(settings, facts)
  return joinPlans(planPreparation(facts, places), planWorkspace(settings, facts, places))
}

function all(base: string): ReadonlySet<string> {
  const { own, logs, cacheFolder, personHome } = layoutOf('/workspace')
  return new Set([own, logs, cacheFolder, personHome, ...STATE_FOLDERS.map((name) => `${base}/${name}`)])
}

function without(set: ReadonlySet<string>, path: string): ReadonlySet<string> {
  return new Set([...set].filter((each) => each !== path))
}

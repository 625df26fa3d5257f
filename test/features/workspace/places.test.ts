import { describe, expect, test } from 'vitest'
import type { Facts } from '../../../src/facts/facts.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import {
  aFacts,
  aFolder,
  aMarker,
  aMount,
  anImage,
  aPlainUser,
  aSettings,
  aWorkspace,
  unable,
} from '../../support/world.ts'

const OURS = { state: 'ours', marker: aMarker(), isLinked: false } as const
const FOREIGN = { state: 'foreign', found: ['main.py'] } as const
const ROOT_FOLDER = aFolder({ uid: 0, gid: 0 })

type Case = {
  readonly title: string
  readonly settings?: Partial<Settings>
  readonly facts?: Partial<Facts>
  readonly want: string
}

describe('places', () => {
  test.each<Case>([
    {
      title: 'a writable mount in a container is moved into',
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'an earlier boot’s tree is used even when the image’s place cannot become a link',
      facts: { workspace: aWorkspace({ tree: OURS }), image: anImage({ replaceable: false }) },
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'an earlier boot’s tree is used when the image has no ComfyUI at all',
      facts: { workspace: aWorkspace({ tree: OURS }), image: undefined },
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'nothing is moved outside a container',
      facts: { inContainer: false },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'nothing is moved into a workspace that is no mount',
      facts: { workspace: aWorkspace({ isMount: false }) },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'nothing is moved beside the state that an earlier boot keeps in the workspace',
      facts: { folders: new Set(['/workspace/user', '/workspace/custom_nodes']) },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'nothing is moved into an instance’s folder, which holds state alone',
      facts: { workspace: aWorkspace({ path: '/instance' }) },
      want: 'link /opt/ComfyUI /instance',
    },
    {
      title: 'nothing is moved where links cannot be made',
      facts: {
        workspace: aWorkspace({ abilities: { create: undefined, rename: undefined, link: 'EPERM' } }),
      },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'a fresh volume of root’s is moved into, since it is given to the target first',
      facts: { workspace: aWorkspace({ entry: ROOT_FOLDER, abilities: unable('EACCES') }) },
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'a volume of root’s is not moved into by somebody who is not root',
      facts: {
        who: aPlainUser(1000),
        workspace: aWorkspace({ entry: ROOT_FOLDER, abilities: unable('EACCES') }),
      },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'an image tree that cannot be replaced stays where it is',
      facts: { image: anImage({ replaceable: false, whyNotReplaceable: '/opt is read-only' }) },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'an image tree with a mount inside stays where it is',
      facts: { mounts: [aMount(), aMount({ point: '/opt/ComfyUI/models' })] },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'an image tree whose neighbour is a mount is moved',
      facts: { mounts: [aMount(), aMount({ point: '/opt/ComfyUI-models' })] },
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'a mount inside the tree’s place is no obstacle: the tree is put around it',
      facts: { mounts: [aMount(), aMount({ point: '/workspace/ComfyUI/models' })] },
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'an image tree that is a link to elsewhere stays so',
      facts: { image: anImage({ place: 'link', linkTarget: '/srv/ComfyUI' }) },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'a foreign tree does not change the mode, so that it is refused and not passed over',
      facts: { workspace: aWorkspace({ tree: FOREIGN }) },
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'COMFY_ADOPT=link leaves a foreign tree alone',
      settings: { adopt: 'link' },
      facts: { workspace: aWorkspace({ tree: FOREIGN }) },
      want: 'link /opt/ComfyUI /workspace',
    },
    {
      title: 'COMFY_ADOPT=link keeps using the state of an earlier boot’s tree',
      settings: { adopt: 'link' },
      facts: { workspace: aWorkspace({ tree: OURS }) },
      want: 'link /opt/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'COMFY_ADOPT=link runs the workspace’s tree when the image has none',
      settings: { adopt: 'link' },
      facts: { workspace: aWorkspace({ tree: OURS }), image: undefined },
      want: 'link /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'COMFY_ADOPT=move moves outside a container and without a mount',
      settings: { adopt: 'move' },
      facts: { inContainer: false, workspace: aWorkspace({ isMount: false }) },
      want: 'move /workspace/ComfyUI /workspace/ComfyUI',
    },
    {
      title: 'a COMFY_HOME in the workspace runs in place with its own state',
      facts: { image: anImage({ path: '/workspace/ComfyUI' }), workspace: aWorkspace({ tree: FOREIGN }) },
      want: 'link /workspace/ComfyUI /workspace/ComfyUI',
    },
  ])('$title', ({ settings = {}, facts = {}, want }) => {
    const { mode, code, base, reason } = decidePlaces(aSettings(settings), aFacts(facts))
    expect(`${mode} ${code} ${base}`).toBe(want)
    expect(reason).not.toBe('')
  })

  test('the reason names what stands in the way', () => {
    const facts = aFacts({ image: anImage({ replaceable: false, whyNotReplaceable: '/opt is read-only' }) })
    expect(decidePlaces(aSettings(), facts).reason).toBe('/opt is read-only')
  })

  test('the reason says whose state is in the workspace: an earlier boot’s, or another image’s', () => {
    const facts = aFacts({ folders: new Set(['/workspace/user']) })
    const flat = { kind: 'flat', title: '', tree: undefined, parts: [], unused: [], isBegun: false } as const
    const reasons = [undefined, flat].map(
      (foreign) => decidePlaces(aSettings(), { ...facts, foreign }).reason,
    )
    expect(reasons).toEqual([
      'an earlier boot keeps its state in /workspace',
      'another image left its state in /workspace',
    ])
  })
})

import { describe, expect, test } from 'vitest'
import type { Workspace } from '../../../src/facts/facts.ts'
import { decideUpgrade } from '../../../src/features/workspace/decide-upgrade.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aFacts, aMarker, anImage, aSettings, aTrees, aWorkspace } from '../../support/world.ts'

const MARKER = aMarker()
const IMAGE = anImage({ identity: 'other', version: '0.40.0' })
const NO_SPACE = { freeBytes: 0, freeInodes: 1_000_000 }

describe('where there is no room for both', () => {
  test.each(['auto', undefined] as const)('COMFY_UPGRADE=%s keeps the tree', (upgrade) => {
    expect(choice({ upgrade }, { space: NO_SPACE })).toMatchObject({
      act: 'keep',
      why: 'there is no room for both',
    })
  })

  test('too few files that the filesystem can still hold are no room either', () => {
    const space = { freeBytes: 1e12, freeInodes: 10 }
    expect(choice({ upgrade: 'auto' }, { space }).act).toBe('keep')
  })

  test('an image that is the previous tree is gone back to, which copies nothing', () => {
    const trees = aTrees({ previous: aMarker({ image: IMAGE.identity, version: '0.40.0' }) })
    expect(choice({ upgrade: 'auto' }, { space: NO_SPACE, trees })).toMatchObject({ act: 'back' })
  })

  test('a copy that is begun has its room already', () => {
    const trees = aTrees({ isStaged: true })
    expect(choice({ upgrade: 'auto' }, { space: NO_SPACE, trees })).toMatchObject({ act: 'upgrade' })
  })

  test('who asked for it by name is not kept from it here: the step says what is missing', () => {
    const trees = aTrees({ wish: 'upgrade' })
    expect(choice({}, { space: NO_SPACE, trees })).toMatchObject({ act: 'upgrade' })
  })
})

function choice(settings: Partial<Settings>, workspace: Partial<Workspace>) {
  const tree = { state: 'ours', marker: MARKER, isLinked: false } as const
  const changes = { own: [], changed: [] }
  const facts = aFacts({ workspace: aWorkspace({ tree, changes, ...workspace }), image: IMAGE })
  return decideUpgrade(aSettings(settings), facts, MARKER)
}

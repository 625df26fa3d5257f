import { describe, expect, it } from 'vitest'
import type { Facts, Who } from '../../../src/facts/facts.ts'
import { planIdentity } from '../../../src/features/identity/plan.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aFacts, aPlainUser, aSettings, aWho } from '../../support/world.ts'

const ROOT = { uid: 0, gid: 0, groups: [] }
const ROOTLESS = [
  { inside: 0, outside: 1000, count: 1 },
  { inside: 1, outside: 100000, count: 999 },
]

function plan(settings: Partial<Settings>, who: Who) {
  return planIdentity(aSettings(settings), aFacts({ who }))
}

function codes(settings: Partial<Settings>, who: Who) {
  return plan(settings, who).problems.map((problem) => `${problem.level} ${problem.code}`)
}

describe('the plan for the identity, adapting', () => {
  it.each<[string, Partial<Who>, string]>([
    ['what was asked for', { source: 'settings' }, 'Become 1000:1000, as COMFY_UID and COMFY_GID say'],
    ['the workspace’s owner', { source: 'workspace-owner' }, 'Become 1000:1000, the owner of /workspace'],
    ['the default', { source: 'default' }, 'Become 1000:1000, the default'],
    [
      'the groups it keeps',
      { source: 'workspace-owner', target: { uid: 1000, gid: 1000, groups: [44, 109] } },
      'Become 1000:1000 (groups 44, 109), the owner of /workspace',
    ],
  ])('root becomes somebody else, and the title says why: %s', (_, who, title) => {
    const { steps, problems } = plan({}, aWho(who))
    expect(steps.map((step) => [step.id, step.title, step.as, step.ifFails])).toEqual([
      ['identity/become', title, 'root', 'stop'],
    ])
    expect(problems).toEqual([])
  })

  it.each<[string, Partial<Settings>, Who]>([
    ['after the drop', {}, aWho({ us: ids(1000), target: ids(1000), source: 'already-dropped' })],
    ['after the drop to what was asked for', { uid: 1024, gid: 1024 }, aPlainUser(1024)],
    ['as whoever we were started as', {}, aPlainUser(4711)],
    ['as root when root was asked for', { uid: 0 }, aWho({ target: ROOT, source: 'settings' })],
    [
      'as root when root was asked for and could not change anyway',
      { uid: 0, gid: 0 },
      aWho({ target: ROOT, source: 'settings', canChange: false }),
    ],
  ])('nothing is to be done and nothing is wrong %s', (_, settings, who) => {
    expect(plan(settings, who)).toEqual({ steps: [], problems: [] })
  })

  it.each<[string, Partial<Settings>, Partial<Who>, readonly string[]]>([
    [
      'without capabilities, an identity that was asked for blocks',
      { uid: 1024 },
      { target: ROOT, source: 'as-started', canChange: false },
      ['blocking IDENTITY_CANNOT_CHANGE'],
    ],
    [
      'without capabilities and unasked, it stays root and says so',
      {},
      { target: ROOT, source: 'as-started', canChange: false },
      ['warning IDENTITY_STAYS_ROOT'],
    ],
    [
      'without capabilities it stays root also when facts name another target',
      {},
      { canChange: false },
      ['warning IDENTITY_STAYS_ROOT'],
    ],
    [
      'an id that the user namespace lacks blocks when it was asked for',
      { uid: 2000 },
      { target: ids(2000), source: 'settings', uidMap: ROOTLESS },
      ['blocking IDENTITY_CANNOT_CHANGE'],
    ],
    [
      'an id that the user namespace lacks is told before the capabilities it would not help with',
      { uid: 2000 },
      { target: ids(2000), source: 'settings', uidMap: ROOTLESS, canChange: false },
      ['blocking IDENTITY_CANNOT_CHANGE'],
    ],
    [
      'where no ordinary id exists it stays root and says so',
      {},
      { target: ROOT, source: 'as-started', uidMap: [{ inside: 0, outside: 1000, count: 1 }] },
      ['warning IDENTITY_STAYS_ROOT'],
    ],
  ])('root that cannot change: %s', (_, settings, who, expected) => {
    expect(codes(settings, aWho(who))).toEqual(expected)
    expect(plan(settings, aWho(who)).steps).toEqual([])
  })

  it('an ordinary user that should be another is told and goes on', () => {
    expect(codes({ uid: 1024 }, aPlainUser(1000))).toEqual(['warning IDENTITY_AS_STARTED'])
    expect(codes({ gid: 100 }, aPlainUser(1000))).toEqual(['warning IDENTITY_AS_STARTED'])
  })

  it('the group is nobody’s business when only the user was given', () => {
    expect(codes({ uid: 1024 }, aPlainUser(1024, 100))).toEqual([])
    expect(codes({ uid: 1024, gid: 1024 }, aPlainUser(1024, 100))).toEqual(['warning IDENTITY_AS_STARTED'])
  })
})

describe('the plan for the identity, enforcing', () => {
  it.each<[string, Partial<Settings>, Who, readonly string[]]>([
    ['the wanted ids are taken', { uid: 1024, gid: 1024 }, aPlainUser(1024), []],
    ['the largest id is an id like any other', { uid: 4294967294, gid: 0 }, aPlainUser(4294967294, 0), []],
    ['another user is refused', { uid: 1024, gid: 1024 }, aPlainUser(1000), ['blocking IDENTITY_REFUSED']],
    [
      'another group is refused',
      { uid: 1024, gid: 1024 },
      aPlainUser(1024, 100),
      ['blocking IDENTITY_REFUSED'],
    ],
    ['root is refused as well', { uid: 1024 }, aWho(), ['blocking IDENTITY_REFUSED']],
    ['root is taken when root is wanted', { uid: 0 }, aWho({ target: ROOT }), []],
    [
      'the group is the user’s own number when only the user was given',
      { uid: 1024 },
      aPlainUser(1024, 100),
      ['blocking IDENTITY_REFUSED'],
    ],
    ['ids that were not given cannot be enforced', {}, aPlainUser(1000), ['blocking IDENTITY_NOT_GIVEN']],
    ['a group alone is not enough', { gid: 1000 }, aPlainUser(1000), ['blocking IDENTITY_NOT_GIVEN']],
  ])('%s', (_, settings, who, expected) => {
    const enforced = { ...settings, identity: 'enforce' as const }
    expect(codes(enforced, who)).toEqual(expected)
    expect(plan(enforced, who).steps).toEqual([])
  })

  it('names the id the host sees where a user namespace shifts it, and the flag that stops that', () => {
    const who: Facts['who'] = { ...aPlainUser(1000), uidMap: [{ inside: 0, outside: 100000, count: 65536 }] }
    const [problem] = plan({ identity: 'enforce', uid: 1024, gid: 1024 }, who).problems
    expect(problem?.in('podman').why).toContain('user 1000 of the container is user 101000 of the host')
    expect(problem?.in('podman').remedy).toContain('--userns=keep-id:uid=1024,gid=1024')
    expect(problem?.kind).toBe('environment')
  })
})

function ids(id: number) {
  return { uid: id, gid: id, groups: [] }
}

import { expect, test } from 'vitest'
import { decideWho, type WhoBasis } from '../../src/facts/who.ts'
import type { Ids } from '../../src/host/users.ts'
import { aFacts, aFolder, aWho } from '../support/world.ts'

const ALL_IDS = [{ inside: 0, outside: 0, count: 4294967295 }]
const ROOT: Ids = { uid: 0, gid: 0, groups: [] }
const NOTHING = { uid: undefined, gid: undefined }

function aBasis(overrides: Partial<WhoBasis> = {}): WhoBasis {
  return {
    workspace: aFolder(),
    gpuGroups: [],
    before: undefined,
    maps: { uids: ALL_IDS, gids: ALL_IDS },
    may: true,
    passwd: 'root:x:0:0::/root:/bin/sh\ncomfy:x:1024:1030::/home/comfy:/bin/sh\n',
    group: 'video:x:44:comfy\nrender:x:105:\n',
    ...overrides,
  }
}

const ids = ({ target, source }: ReturnType<typeof decideWho>) => [target.uid, target.gid, source]

test('root becomes the ids asked for', () => {
  expect(ids(decideWho(ROOT, { uid: 1500, gid: 1600 }, aBasis()))).toEqual([1500, 1600, 'settings'])
})

test('a user id alone brings the group of its passwd line, else the group of the same number', () => {
  expect(ids(decideWho(ROOT, { uid: 1024, gid: undefined }, aBasis()))).toEqual([1024, 1030, 'settings'])
  expect(ids(decideWho(ROOT, { uid: 4294967294, gid: undefined }, aBasis()))).toEqual([
    4294967294,
    4294967294,
    'settings',
  ])
})

test('root becomes the workspace’s owner when nothing is asked for', () => {
  const workspace = aFolder({ uid: 1024, gid: 100 })
  expect(ids(decideWho(ROOT, NOTHING, aBasis({ workspace })))).toEqual([1024, 100, 'workspace-owner'])
  expect(ids(decideWho(ROOT, { uid: undefined, gid: 7 }, aBasis({ workspace })))).toEqual([
    1024,
    7,
    'settings',
  ])
})

test('root becomes 1000:1000 when the workspace is root’s or absent', () => {
  expect(ids(decideWho(ROOT, NOTHING, aBasis()))).toEqual([1000, 1000, 'default'])
  expect(ids(decideWho(ROOT, NOTHING, aBasis({ workspace: undefined })))).toEqual([1000, 1000, 'default'])
})

test('an owner that the user namespace does not know is nobody’s wish', () => {
  const few = [{ inside: 0, outside: 1000, count: 5000 }]
  const basis = aBasis({ workspace: aFolder({ uid: 65534, gid: 65534 }), maps: { uids: few, gids: few } })
  expect(ids(decideWho(ROOT, NOTHING, basis))).toEqual([1000, 1000, 'default'])
})

test('root that is asked to stay root stays', () => {
  expect(ids(decideWho(ROOT, { uid: 0, gid: undefined }, aBasis()))).toEqual([0, 0, 'settings'])
})

test('whoever is not root stays as started, whatever is asked for', () => {
  const us = { uid: 12345, gid: 0, groups: [44] }
  const who = decideWho(us, { uid: 1000, gid: 1000 }, aBasis())
  expect(who).toMatchObject({ us, target: us, source: 'as-started', canChange: false, passwd: undefined })
})

test('after the drop the round before tells that we were root', () => {
  const us = { uid: 1000, gid: 1000, groups: [44] }
  const before = aFacts({ who: aWho() })
  expect(ids(decideWho(us, NOTHING, aBasis({ before })))).toEqual([1000, 1000, 'already-dropped'])
})

test('the target keeps our groups and gets its own and those of the GPU, but never root’s', () => {
  const us = { uid: 0, gid: 0, groups: [0, 2000, 1030] }
  const who = decideWho(us, { uid: 1024, gid: undefined }, aBasis({ gpuGroups: [0, 109] }))
  expect(who.target.groups).toEqual([44, 109, 2000])
  expect(who.passwd).toEqual({ name: 'comfy', home: '/home/comfy' })
})

test('root without the capabilities stays root unless it was asked to change', () => {
  const basis = aBasis({ may: false })
  expect(decideWho(ROOT, NOTHING, basis)).toMatchObject({
    target: ROOT,
    source: 'as-started',
    canChange: false,
  })
  expect(decideWho(ROOT, { uid: 1024, gid: undefined }, basis)).toMatchObject({
    target: { uid: 1024 },
    source: 'settings',
    canChange: false,
  })
})

test('root in a user namespace of one id stays root', () => {
  const one = [{ inside: 0, outside: 1000, count: 1 }]
  const basis = aBasis({ maps: { uids: one, gids: one } })
  expect(decideWho(ROOT, NOTHING, basis)).toMatchObject({ target: ROOT, source: 'as-started', uidMap: one })
})

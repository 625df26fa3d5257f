import { expect, test } from 'vitest'
import { isMapped, parseIdMap } from '../../src/facts/id-map.ts'
import { groupsOf, mayChangeIds, passwdLineOf } from '../../src/facts/user-files.ts'

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  '# a comment',
  'comfy:x:1000:1001:Comfy,,,:/home/comfy:/bin/sh',
  'again:x:1000:1002::/home/again:/bin/sh',
  'bare:x:77:88:::',
  '+::::::',
  '',
].join('\n')

const GROUP = [
  'root:x:0:',
  'video:x:44:comfy,other',
  'render:x:105:other',
  'comfy:x:1001:',
  'sudo:x:27:comfy',
].join('\n')

test('the first passwd line of an id gives its name, group and home', () => {
  expect(passwdLineOf(1000, PASSWD)).toEqual({ name: 'comfy', uid: 1000, gid: 1001, home: '/home/comfy' })
  expect(passwdLineOf(77, PASSWD)).toEqual({ name: 'bare', uid: 77, gid: 88, home: '/' })
  expect(passwdLineOf(4294967294, PASSWD)).toBeUndefined()
  expect(passwdLineOf(0, '')).toBeUndefined()
})

test('a user’s groups are those that list the whole name', () => {
  expect(groupsOf('comfy', GROUP)).toEqual([44, 27])
  expect(groupsOf('com', GROUP)).toEqual([])
})

test('ids can be changed only with both capabilities in effect', () => {
  const status = (hex: string) => `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${hex}\nSeccomp:\t2\n`
  expect(mayChangeIds(status('00000000a80425fb'))).toBe(true)
  expect(mayChangeIds(status('0000000000000040'))).toBe(false)
  expect(mayChangeIds(status('0000000000000080'))).toBe(false)
  expect(mayChangeIds(status('0000000000000000'))).toBe(false)
  expect(mayChangeIds('')).toBe(false)
})

test('a user namespace knows the ids of its map and no others', () => {
  const map = parseIdMap('         0       1000          1\n         1     100000      65536\n')
  expect(map).toEqual([
    { inside: 0, outside: 1000, count: 1 },
    { inside: 1, outside: 100000, count: 65536 },
  ])
  expect([0, 1, 65536].map((id) => isMapped(id, map))).toEqual([true, true, true])
  expect(isMapped(65537, map)).toBe(false)
})

test('without a map every id is known', () => {
  expect(isMapped(4294967294, parseIdMap(undefined))).toBe(true)
})

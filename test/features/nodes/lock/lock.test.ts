import { describe, expect, test } from 'vitest'
import { lockPage } from '../../../../scripts/docs/nodes-pages.ts'
import type { LockedNode, NodesLock } from '../../../../src/base/node.ts'
import { lockedNodeSchema, lockSchema } from '../../../../src/features/nodes/lock/lock-schema.ts'
import { lockText } from '../../../../src/features/nodes/lock/lock-text.ts'
import {
  EMPTY_LOCK,
  mergeLocks,
  withNodes,
  withoutNodes,
} from '../../../../src/features/nodes/lock/merge-locks.ts'
import { parseLock } from '../../../../src/features/nodes/lock/parse-lock.ts'
import { readLocks } from '../../../../src/features/nodes/lock/read-locks.ts'

const COMMIT = 'c0ffee00'.repeat(5)
const SHA = 'ab'.repeat(32)

const LOCK: NodesLock = {
  version: 1,
  comfyui: { version: '0.33.0' },
  identity: { python: '3.12', arch: 'x64', torch: undefined, cuda: undefined, image: '1a2b3c4d5e6f7081' },
  nodes: [
    {
      folder: 'a',
      source: { kind: 'git', url: 'https://host/a', ref: undefined },
      commit: COMMIT,
      tree: SHA,
    },
    {
      folder: 'B',
      source: { kind: 'registry', id: 'b', version: '1.0' },
      version: '1.0.0',
      archive: { url: 'https://host/b.zip', sha256: SHA },
    },
    { folder: 'c', source: { kind: 'zip', url: 'https://host/c.zip', sha256: SHA } },
    { folder: 'd', source: { kind: 'path', path: '/srv/[ d ]' } },
  ],
  packages: [
    { name: 'einops', version: '0.8.1', for: ['a', 'b'] },
    { name: 'Pillow', version: '11.0+x', for: [] },
  ],
}

function reread(lock: NodesLock): unknown {
  return parseLock(lockText(lock), '/x')
}

function faultOf(text: string): string {
  const read = parseLock(text, '/ws/nodes.lock.json')
  return 'problem' in read ? `${read.problem.level} ${read.problem.toJSON().why}` : 'a lock'
}

describe('the text of a lock', () => {
  test('it is read as what was written, also when there is little in it', () => {
    expect(reread(LOCK)).toEqual({ lock: LOCK })
    expect(reread(EMPTY_LOCK)).toEqual({ lock: EMPTY_LOCK })
  })

  test('it is the same in whatever order things come, with one line for each package', () => {
    const mixed = {
      ...LOCK,
      nodes: LOCK.nodes.toReversed().map((each) => Object.fromEntries(Object.entries(each).toReversed())),
      packages: LOCK.packages.toReversed().map((each) => ({ ...each, for: each.for.toReversed() })),
    }
    expect(lockText(mixed as unknown as NodesLock)).toBe(lockText(LOCK))
    expect(lockText(LOCK)).toContain('\n    { "name": "einops", "version": "0.8.1", "for": ["a", "b"] },\n')
    expect(lockText(LOCK)).toMatch(/[^\n]\n$/)
  })

  test('a new commit changes one line', () => {
    const moved = withNodes(LOCK, [{ ...first(LOCK), commit: '1'.repeat(40) }])
    const lines = lockText(LOCK).split('\n')
    const changed = lockText(moved)
      .split('\n')
      .filter((line, at) => line !== lines[at])
    expect(changed).toEqual([`      "commit": "${'1'.repeat(40)}",`])
  })

  test('passwords and tokens of addresses are left out', () => {
    const git = { kind: 'git', url: 'https://me:hunter2@host/a', ref: undefined } as const
    const archive = { url: 'https://host/x.zip?raw=1&token=hunter2&X-Amz-Signature=hunter2', sha256: SHA }
    const text = lockText(withNodes(EMPTY_LOCK, [{ folder: 'a', source: git, archive }]))
    expect(text).not.toContain('hunter2')
    expect(text).toContain('"https://host/x.zip?raw=1"')
    expect(faultOf(text)).toBe('a lock')
  })
})

describe('a lock that is read', () => {
  const node = (more: object) =>
    JSON.stringify({
      version: 1,
      nodes: [{ folder: 'a', source: { kind: 'path', path: '/a' }, ...more }],
      packages: [],
    })

  test.each([
    ['', /not valid JSON/],
    ['{', /not valid JSON/],
    ['[]', /./],
    ['{}', /«version» must be 1.*«nodes» must be a list/],
    ['{"version":2,"nodes":[],"packages":[]}', /«version» must be 1/],
    ['{"version":1,"nodes":[],"packages":[],"nods":1}', /«nods» is no key; did you mean «nodes»\?/],
    ['{\n<<<<<<< HEAD\n"version":1\n=======\n', /Line 2: two versions/],
    [node({ commit: 'abc1234' }), /«nodes.0.commit» must be a whole commit/],
    [node({ comit: COMMIT }), /«comit» in nodes.0 is no key; did you mean «commit»\?/],
    [node({ tree: 'x' }), /«nodes.0.tree» must have 64/],
    [node({ folder: '../x' }), /«nodes.0.folder» must be a name/],
    [node({ source: { kind: 'svn', url: 'x' } }), /must have a kind/],
    [node({ source: { kind: 'git', url: 'https://me:hunter2@host/a' } }), /must not hold a password/],
    [node({ archive: { url: 'https://host/a?token=hunter2', sha256: SHA } }), /must not hold a password/],
    [
      node({}).replace('"packages":[]', '"packages":[{"name":"-x","version":"1","for":[]}]'),
      /name of a package/,
    ],
    [node({}).replace(/\[(\{.*\})\],"p/, '[$1,$1],"p'), /The folder a is there twice/],
  ])('%.70s is refused with a warning', (text, fault) => {
    expect(faultOf(text)).toMatch(/^warning \/ws\/nodes.lock.json: /)
    expect(faultOf(text)).toMatch(fault)
    expect(faultOf(text)).not.toContain('hunter2')
  })

  test('of several the good ones count', () => {
    const { locks, problems } = readLocks([
      { path: '/1', text: 'x' },
      { path: '/2', text: lockText(LOCK) },
    ])
    expect(locks).toEqual([LOCK])
    expect(problems.map(({ code }) => code)).toEqual(['NODES_LOCK_INVALID'])
  })
})

describe('locks together', () => {
  const at = (folder: string, digit: string): LockedNode => ({
    folder,
    source: { kind: 'git', url: `https://host/${folder}`, ref: undefined },
    commit: digit.repeat(40),
  })

  test('the earlier one’s node counts, and packages come whole from the first that has some', () => {
    const bare = { ...EMPTY_LOCK, nodes: [at('A', '1')] }
    const full = { ...LOCK, nodes: [at('a', '2'), at('b', '2')] }
    const merged = mergeLocks([bare, full])
    expect(merged.nodes.map(({ folder, commit }) => `${folder} ${commit?.[0]}`)).toEqual(['A 1', 'b 2'])
    expect([merged.packages, merged.identity, merged.comfyui]).toEqual([
      LOCK.packages,
      LOCK.identity,
      LOCK.comfyui,
    ])
    expect(mergeLocks([])).toEqual(EMPTY_LOCK)
  })

  test('a node is put in place of the one in its folder, and taken away by it', () => {
    const lock = withNodes({ ...EMPTY_LOCK, nodes: [at('a', '1'), at('b', '1')] }, [at('A', '2')])
    expect(lock.nodes.map(({ folder }) => folder)).toEqual(['A', 'b'])
    expect(withoutNodes(lock, ['a']).nodes.map(({ folder }) => folder)).toEqual(['b'])
  })
})

test('the page about the lock names every key', () => {
  const keys = [
    ...Object.keys(lockSchema.shape),
    ...Object.keys(lockedNodeSchema.shape).map((key) => `nodes[].${key}`),
  ]
  expect(keys.filter((key) => !lockPage().includes(`- \`${key}\`: `))).toEqual([])
})

function first({ nodes }: NodesLock): LockedNode {
  const [node] = nodes
  if (node === undefined) throw new Error('no node')
  return node
}

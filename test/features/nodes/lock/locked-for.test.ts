import { describe, expect, test } from 'vitest'
import type { LockedNode, NodeSource } from '../../../../src/base/node.ts'
import { lockedFor } from '../../../../src/features/nodes/lock/locked-for.ts'
import { EMPTY_LOCK } from '../../../../src/features/nodes/lock/merge-locks.ts'
import { requestOf } from '../../../../src/features/nodes/lock/request.ts'

const COMMIT = 'c0ffee00'.repeat(5)
const SHA = 'ab'.repeat(32)

const git = (url: string, ref?: string): NodeSource => ({ kind: 'git', url, ref })
const registry = (id: string, version?: string): NodeSource => ({ kind: 'registry', id, version })

function holds(source: NodeSource, locked: Omit<LockedNode, 'folder'>, folder = 'x'): boolean {
  const lock = { ...EMPTY_LOCK, nodes: [{ folder: 'X', ...locked }] }
  return lockedFor({ folder, source }, [EMPTY_LOCK, lock]) !== undefined
}

describe('a lock holds a wanted node', () => {
  const locked = { source: git('https://host/a', 'v1'), commit: COMMIT }

  test.each([
    ['the same ref', git('https://host/a', 'v1')],
    ['no ref', git('https://host/a')],
    ['another spelling of the address', git('https://HOST/a.git/', 'v1')],
    ['its whole commit', git('https://host/a', COMMIT)],
    ['its shortened commit', git('https://host/a', 'C0FFEE0')],
  ])('that has %s', (_, source) => {
    expect(holds(source, locked)).toBe(true)
  })

  test.each([
    ['another ref', git('https://host/a', 'v2')],
    ['another repository', git('https://host/A')],
    ['another commit', git('https://host/a', 'c0ffee1')],
    ['a commit too short to mean one', git('https://host/a', 'c0ff')],
    ['another kind of source', registry('a')],
  ])('but not one that has %s', (_, source) => {
    expect(holds(source, locked)).toBe(false)
  })

  test('not where a ref is asked for and the lock followed none', () => {
    expect(holds(git('https://host/a', 'v1'), { source: git('https://host/a'), commit: COMMIT })).toBe(false)
  })

  test('of the registry by id and version, whatever their case and number of parts', () => {
    const kj = { source: registry('kj'), version: '1.2.0' }
    expect(holds(registry('KJ', '1.2'), kj)).toBe(true)
    expect(holds(registry('kj'), kj)).toBe(true)
    expect(holds(registry('kj', '1.2.1'), kj)).toBe(false)
    expect(holds(registry('other'), kj)).toBe(false)
  })

  test('from an archive or a path only by the same one', () => {
    const zip: NodeSource = { kind: 'zip', url: 'https://host/n.zip', sha256: SHA }
    expect(holds(zip, { source: zip })).toBe(true)
    expect(holds({ ...zip, sha256: 'cd'.repeat(32) }, { source: zip })).toBe(false)
    expect(holds({ kind: 'path', path: '/a' }, { source: { kind: 'path', path: '/a' } })).toBe(true)
    expect(holds({ kind: 'path', path: '/a' }, { source: { kind: 'path', path: '/b' } })).toBe(false)
  })

  test('only in its own folder, and the first lock that fits counts', () => {
    expect(holds(git('https://host/a'), locked, 'y')).toBe(false)
    const lock = (commit: string, ref: string) => ({
      ...EMPTY_LOCK,
      nodes: [{ folder: 'x', source: git('https://host/a', ref), commit }],
    })
    const found = lockedFor({ folder: 'x', source: git('https://host/a', 'v2') }, [
      lock('1'.repeat(40), 'v1'),
      lock('2'.repeat(40), 'v2'),
      lock('3'.repeat(40), 'v2'),
    ])
    expect(found?.commit).toBe('2'.repeat(40))
  })
})

test('a request changes with what is asked for, and not with how it is spelled', () => {
  const same = [git('https://host/a'), git('https://HOST/a.git'), git('https://host/a/')]
  const others = [git('https://host/a', 'v1'), git('https://host/b'), registry('a'), registry('a', '1.0')]
  expect(new Set(same.map((source) => requestOf({ source }))).size).toBe(1)
  expect(new Set([...same, ...others].map((source) => requestOf({ source }))).size).toBe(5)
  expect(requestOf({ source: registry('a', '1.0') })).toBe(requestOf({ source: registry('A', '1.0.0') }))
})

import { expect, test } from 'vitest'
import { lookLimits, memoryFiles, parseMemoryLimit } from '../../src/facts/limits.ts'
import { realClock } from '../../src/host/clock.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { treeOf } from '../support/world/tree-of.ts'

test('no limit is undefined in both generations of control groups', () => {
  expect(['max\n', '9223372036854771712\n', '', '0', 'x'].map(parseMemoryLimit)).toEqual(
    Array(5).fill(undefined),
  )
  expect(parseMemoryLimit('8589934592\n')).toBe(8 * 1024 ** 3)
})

test('limits are looked for in our group and in those above it', () => {
  expect(memoryFiles('0::/kube/pod/box\n')).toEqual([
    '/sys/fs/cgroup/kube/pod/box/memory.max',
    '/sys/fs/cgroup/kube/pod/memory.max',
    '/sys/fs/cgroup/kube/memory.max',
    '/sys/fs/cgroup/memory.max',
  ])
  expect(memoryFiles('9:name=systemd:/a\n4:memory:/\n')).toEqual([
    '/sys/fs/cgroup/memory/memory.limit_in_bytes',
  ])
  expect(memoryFiles('0::/../other\n')).toEqual([
    '/sys/fs/cgroup/other/memory.max',
    '/sys/fs/cgroup/memory.max',
  ])
})

test('the smallest limit on the way up counts', async () => {
  const root = await treeOf({
    '/proc/self/cgroup': '0::/pod/box\n',
    '/sys/fs/cgroup/pod/box/memory.max': 'max\n',
    '/sys/fs/cgroup/pod/memory.max': '1073741824\n',
    '/sys/fs/cgroup/memory.max': '2147483648\n',
  })
  expect((await lookLimits(rootedHost(root))).memoryBytes).toBe(1024 ** 3)
})

test('a machine without control groups and /dev/shm has no known limits', async () => {
  expect(await lookLimits(rootedHost(await treeOf({})))).toMatchObject({
    memoryBytes: undefined,
    shmBytes: undefined,
  })
})

test('a clock before this program was written is wrong', async () => {
  const at = async (now: number) => {
    const clock = { ...realClock(), now: () => now }
    return (await lookLimits(rootedHost(await treeOf({}), { clock }))).clockIsWrong
  }
  expect(await at(0)).toBe(true)
  expect(await at(Date.UTC(2026, 5, 1))).toBe(false)
})

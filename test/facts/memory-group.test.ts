import { expect, test } from 'vitest'
import { findOomFile, lookMachineMemory, readOomCount } from '../../src/facts/memory-group.ts'
import { type Host, realHost } from '../../src/host/host.ts'

const MACHINE = realHost()

/** This machine with only these files. */
function hostWith(files: Readonly<Record<string, string>>): Host {
  return { ...MACHINE, fs: { ...MACHINE.fs, readText: async (path) => files[path] } }
}

const EVENTS = 'low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n'

test('in a container with a namespace of its own, memory.events lies at the top', async () => {
  const host = hostWith({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.events': EVENTS })

  expect(await findOomFile(host)).toBe('/sys/fs/cgroup/memory.events')
  expect(await readOomCount(host, '/sys/fs/cgroup/memory.events')).toEqual({ kills: 2, atLimit: 3 })
})

test('the innermost group that can be seen counts', async () => {
  const host = hostWith({
    '/proc/self/cgroup': '0::/kubepods/pod1/box\n',
    '/sys/fs/cgroup/kubepods/pod1/box/memory.events': EVENTS,
    '/sys/fs/cgroup/kubepods/pod1/memory.events': EVENTS,
  })

  expect(await findOomFile(host)).toBe('/sys/fs/cgroup/kubepods/pod1/box/memory.events')
})

test('groups of the first version count in memory.oom_control, and not how often the limit was why', async () => {
  const file = '/sys/fs/cgroup/memory/memory.oom_control'
  const host = hostWith({
    '/proc/self/cgroup': '5:cpu:/docker/a\n4:memory:/docker/a\n0::/docker/a\n',
    [file]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
  })

  expect(await findOomFile(host)).toBe(file)
  expect(await readOomCount(host, file)).toEqual({ kills: 1, atLimit: undefined })
})

test('an old kernel that does not count, and no group at all, are absent', async () => {
  const file = '/sys/fs/cgroup/memory/memory.oom_control'
  const old = hostWith({ '/proc/self/cgroup': '4:memory:/\n', [file]: 'oom_kill_disable 0\nunder_oom 0\n' })

  expect(await findOomFile(old)).toBeUndefined()
  expect(await findOomFile(hostWith({}))).toBeUndefined()
})

test('the memory of the machine is read', async () => {
  expect(
    await lookMachineMemory(hostWith({ '/proc/meminfo': 'MemTotal:       1024 kB\nMemFree: 1 kB\n' })),
  ).toBe(1024 * 1024)
  expect(await lookMachineMemory(hostWith({}))).toBeUndefined()
})

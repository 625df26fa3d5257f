import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { isContainerCgroup, lookSurroundings, runtimeOf } from '../../src/facts/runtime.ts'
import type { Host } from '../../src/host/host.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { rootedHost } from '../support/world/rooted-host.ts'

const NO_SIGNS = { env: {}, dockerenv: false, containerenv: false, serviceAccount: false }

test('each runtime is known by its own signs, the more special one first', () => {
  expect(runtimeOf(NO_SIGNS)).toBe('none')
  expect(runtimeOf({ ...NO_SIGNS, dockerenv: true })).toBe('docker')
  expect(runtimeOf({ ...NO_SIGNS, containerenv: true })).toBe('podman')
  expect(runtimeOf({ ...NO_SIGNS, env: { container: 'podman' } })).toBe('podman')
  expect(runtimeOf({ ...NO_SIGNS, dockerenv: true, env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } })).toBe(
    'kubernetes',
  )
  expect(runtimeOf({ ...NO_SIGNS, serviceAccount: true })).toBe('kubernetes')
  expect(
    runtimeOf({ ...NO_SIGNS, dockerenv: true, serviceAccount: true, env: { RUNPOD_POD_ID: 'abc' } }),
  ).toBe('runpod')
})

test.each([
  ['12:memory:/docker/3601745b3bd54d9780436faa5f0e4f72bb46231663bb99a6bb892764917832c2', true],
  ['0::/system.slice/docker-3601745b3bd54d9780436faa5f0e4f72bb46231663bb99a6bb892764917832c2.scope', true],
  ['0::/kubepods.slice/kubepods-burstable.slice/x', true],
  ['0::/machine.slice/libpod-3601745b3bd54d9780436faa5f0e4f72.scope/container', true],
  ['1:name=systemd:/lxc/web', true],
  ['0::/system.slice/docker.service', false],
  ['0::/system.slice/containerd.service', false],
  ['0::/user.slice/user-1000.slice/session-2.scope', false],
  ['0::/', false],
])('the control group %s is a container’s: %s', (line, expected) => {
  expect(isContainerCgroup(line)).toBe(expected)
})

async function inContainer(files: Record<string, string>, overrides: Partial<Host> = {}): Promise<boolean> {
  const root = await tempFolder()
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return (await lookSurroundings(rootedHost(root, overrides))).inContainer
}

test('a workstation is no container, also for a program that lost its parent', async () => {
  const files = { '/proc/1/comm': 'systemd\n', '/proc/self/cgroup': '0::/user.slice/user-1000.slice\n' }
  const self = { pid: 999, ppid: 1, file: '', arch: 'x64' }
  expect(await inContainer(files, { self })).toBe(false)
  expect(await inContainer({ ...files, '/proc/1/comm': 'init\n' }, { self })).toBe(false)
  expect(await inContainer(files, { env: { container: 'flatpak' } })).toBe(false)
})

test('a PID namespace whose first program is a small init is a container', async () => {
  expect(await inContainer({ '/proc/1/comm': 'tini\n' })).toBe(true)
  expect(await inContainer({ '/proc/1/comm': 'sh\n' })).toBe(true)
})

test('being PID 1 ourselves is a container', async () => {
  const self = { pid: 1, ppid: 0, file: '', arch: 'x64' }
  expect(await inContainer({ '/proc/1/comm': 'node\n' }, { self })).toBe(true)
})

test('marker files and the environment of a container are enough', async () => {
  expect(await inContainer({ '/.dockerenv': '' })).toBe(true)
  expect(await inContainer({ '/run/.containerenv': '' })).toBe(true)
  expect(await inContainer({}, { env: { container: 'systemd-nspawn' } })).toBe(true)
})

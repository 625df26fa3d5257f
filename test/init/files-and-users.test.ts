import { execFileSync } from 'node:child_process'
import { chownSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { RunOptions } from '../support/container.ts'
import { makeWorld, procOf } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { living } from './processes.ts'
import { giveText, stubWorld } from './stub.ts'
import { startedAs, WAYS } from './ways.ts'

test('100,000 files that are right already are not touched: no change of owner is even tried', async () => {
  const world = await makeWorld()
  const volume = world.box.makeVolume(500e6)
  const boot = (options: RunOptions) =>
    world.boot({ ...options, name: 'one', volumes: [{ from: volume.from, at: '/workspace' }] })
  const first = await boot({})
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended
  execFileSync('python3', ['-c', FILL, `${volume.path}/ComfyUI/models`])
  const file = `${await tempFolder()}/calls`

  const second = await boot({ trace: { file, calls: 'chown,fchown,lchown,fchownat,getdents64' } })
  await world.ready(second)

  const calls = readFileSync(file, 'utf8').split('\n')
  expect(calls.filter((line) => /chown/.test(line))).toEqual([])
  expect(calls.filter((line) => /getdents64/.test(line)).length).toBeLessThan(1000)
})

/** Makes 100,000 empty files of 1000:1000 in a hundred folders. */
const FILL = `import os, sys
os.chdir(sys.argv[1]); os.setgid(1000); os.setuid(1000)
for n in range(100):
    os.mkdir(f'many-{n}')
    for m in range(1000): os.close(os.open(f'many-{n}/{m}', os.O_CREAT))
`

test.each([
  ['an id in use by the system', { PUID: '33', PGID: '33' }, '33', '33'],
  ['an id without a passwd line', { PUID: '4242', PGID: '4243' }, '4242', '4243'],
  ['a user alone', { PUID: '4242' }, '4242', '4242'],
  ['root', { PUID: '0', PGID: '0' }, '0', '0'],
])('COMFY_UID for %s gives ComfyUI that user', async (_, env, uid, gid) => {
  const { world, env: stub } = await stubWorld('answers')
  chownSync(world.workspace, Number(uid), Number(gid))
  const container = await world.boot({ env: { ...stub, ...env } })
  await world.ready(container)

  const [service] = living(container, /stub-python/)
  const status = readFileSync(`/proc/${service?.hostPid}/status`, 'utf8')
  expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).toBe(uid)
  expect(/^Gid:\t(\d+)/m.exec(status)?.[1]).toBe(gid)
  const variables = procOf(container, service?.pid, 'environ').join('\n')
  expect(variables).toMatch(/^HOME=\/.+$/m)
  expect(variables).toMatch(/^USER=.+$/m)
})

test.each(WAYS)(
  '%s, a device of a group that was added is readable for a service that is not root',
  async (way) => {
    const { world, env } = await stubWorld('answers')
    execFileSync('mknod', ['--mode=660', `${world.box.layer}/opt/card`, 'c', '1', '5'])
    chownSync(`${world.box.layer}/opt/card`, 0, 44)
    const script = `#!/bin/bash\nhead -c 1 /opt/card >/dev/null && echo "read as $(id -G)"\nexec ${env.COMFY_PYTHON} "$@"\n`
    const python = giveText(world.box, 'python', script)
    const container = await world.boot({
      ...startedAs(way),
      groups: [0, 44],
      env: { ...env, COMFY_PYTHON: python },
    })
    await world.ready(container)

    expect(container.out()).toMatch(/read as 1000 44$/m)
  },
)

import { statSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { type Container, startContainer } from './container.ts'
import { need } from './plan.ts'
import { workspaceFolder } from './volumes.ts'

beforeEach(need('cpu'))

/** uid:gid of ComfyUI in a container. */
async function ownerOfComfyUi(container: Container): Promise<string> {
  const script =
    'for p in /proc/[0-9]*; do if tr "\\0" " " <$p/cmdline | grep -q "main.py "; then stat -c %u:%g $p; fi; done'
  return (await container.exec('sh', '-c', script)).out.trim().split('\n')[0] ?? ''
}

test('root is given up: ComfyUI runs as whoever owns the volume', async () => {
  const workspace = await workspaceFolder({ uid: 4242, gid: 4243, mode: 0o755 })
  const container = await startContainer({ volumes: [`${workspace}:/workspace`] })

  await container.ready()

  expect(await ownerOfComfyUi(container)).toBe('4242:4243')
  expect(statSync(`${workspace}/ComfyUI/main.py`).uid).toBe(4242)
})

test.each([
  ['12345:0', { uid: 0, gid: 0, mode: 0o775 }],
  ['4321:4321', { uid: 4321, gid: 4321, mode: 0o755 }],
] as const)('any user will do: --user %s, who has no line in /etc/passwd', async (user, owner) => {
  const workspace = await workspaceFolder(owner)
  const container = await startContainer({
    flags: ['--user', user, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    volumes: [`${workspace}:/workspace`],
  })

  await container.ready()

  expect(await ownerOfComfyUi(container)).toBe(user)
  expect(await container.stop()).toBe(0)
})

test('COMFY_UID and COMFY_GID say who ComfyUI runs as, and an empty volume of root’s becomes theirs', async () => {
  const container = await startContainer({
    volumes: [`${await workspaceFolder({ uid: 0, gid: 0, mode: 0o755 })}:/workspace`],
    env: { COMFY_UID: '2000', COMFY_GID: '2001' },
  })

  await container.ready()

  expect(await ownerOfComfyUi(container)).toBe('2000:2001')
})

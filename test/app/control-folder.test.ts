import { chmod, chown, lchown, mkdir, symlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { controlSocket } from '../../src/app/control-folder.ts'
import type { Event } from '../../src/base/event.ts'
import { type Host, realHost } from '../../src/host/host.ts'
import { tempFolder } from '../support/temp-folder.ts'

const REAL = realHost()

/** Where the socket would lie for a program that acts as this user, and what was told. */
async function chosen(runtimeFolder: string, actingUid = REAL.users.actingUid()) {
  const host: Host = { ...REAL, users: { ...REAL.users, actingUid: () => actingUid } }
  const told: Event[] = []
  const socket = await controlSocket(
    host,
    { runtimeFolder, instance: 'comfy' },
    (event) => void told.push(event),
  )
  return {
    socket,
    why: told.flatMap((event) => (event.type === 'problem' ? event.problem.in('docker').why : [])),
  }
}

test('a folder that is not there is made for its owner alone', async () => {
  const folder = `${await tempFolder()}/run/comfy`

  expect(await chosen(folder)).toEqual({ socket: `${folder}/control.sock`, why: [] })
  expect(await REAL.fs.look(folder)).toMatchObject({ kind: 'folder', mode: 0o700 })
})

test('a folder of another user is passed over and told', async () => {
  const folder = `${await tempFolder()}/comfy`
  await mkdir(folder)
  await chown(folder, 4321, 4321)
  const { socket, why } = await chosen(folder)

  expect(socket).toBeUndefined()
  expect(why).toEqual([expect.stringMatching(/^It belongs to user 4321, and comfy-init acts as \d+: /)])
  expect((await chosen(folder, 4321)).socket).toBe(`${folder}/control.sock`)
})

test('a folder in which everybody may write is passed over, unless only owners may remove', async () => {
  const folder = `${await tempFolder()}/comfy`
  await mkdir(folder)
  await chmod(folder, 0o777)
  const open = await chosen(folder)
  await chmod(folder, 0o1777)

  expect(open.socket).toBeUndefined()
  expect(open.why[0]).toContain('Its mode 777 lets everybody write')
  expect((await chosen(folder)).socket).toBe(`${folder}/control.sock`)
})

test('a link is followed when it is ours and leads to a folder of ours', async () => {
  const top = await tempFolder()
  await mkdir(`${top}/real`)
  await symlink(`${top}/real`, `${top}/link`)
  expect((await chosen(`${top}/link`)).socket).toBe(`${top}/link/control.sock`)
  await chown(`${top}/real`, 4321, 4321)
  expect((await chosen(`${top}/link`)).socket).toBeUndefined()
  await chown(`${top}/real`, 0, 0)
  await lchown(`${top}/link`, 4321, 4321)

  expect((await chosen(`${top}/link`)).socket).toBeUndefined()
})

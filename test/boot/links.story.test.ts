import { rmSync, symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Running } from '../support/container.ts'
import { makeWorld } from '../support/story.ts'

test('a link in the place of a state folder that leads nowhere is shown, and the person’s to remove', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'first' })
  await world.ready(first)
  await stop(first)
  const user = `${world.workspace}/ComfyUI/user`
  rmSync(user, { recursive: true })
  symlinkSync('/mnt/gone/user', user)

  const second = await world.boot({ name: 'second' })
  expect(await second.ended).toBe(69)
  expect(second.err()).toContain('LINK_LEADS_NOWHERE')
  expect(second.err()).toContain('rm /workspace/ComfyUI/user')

  rmSync(user)
  const third = await world.boot({ name: 'third' })
  await world.ready(third)
})

test('a link that a script made inside the folder it leads to is shown, and ComfyUI runs', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'first' })
  await world.ready(first)
  await stop(first)
  symlinkSync('/workspace/ComfyUI/output', `${world.workspace}/ComfyUI/output/output`)

  const second = await world.boot({ name: 'second' })
  await world.ready(second)

  expect(second.err()).toContain('LINK_INSIDE_ITSELF')
  expect(second.err()).toContain('rm /workspace/ComfyUI/output/output')
})

async function stop(running: Running): Promise<void> {
  running.kill('SIGTERM')
  expect(await running.ended).toBe(0)
}

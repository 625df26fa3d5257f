import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { startContainer } from './container.ts'
import { need } from './plan.ts'
import { workspaceFolder } from './volumes.ts'

beforeEach(need('cpu'))

test('an empty volume becomes a workspace with the ComfyUI of the image, and ComfyUI answers', async () => {
  const workspace = await workspaceFolder()
  const container = await startContainer({ volumes: [`${workspace}:/workspace`] })

  await container.ready()

  expect((await container.get('/system_stats', container.port))?.status).toBe(200)
  expect(existsSync(`${workspace}/ComfyUI/main.py`)).toBe(true)
  expect(existsSync(`${workspace}/.comfy-init`)).toBe(true)
})

test('the same container starts again', async () => {
  const container = await startContainer({ volumes: [`${await workspaceFolder()}:/workspace`] })
  await container.ready()
  expect(await container.stop()).toBe(0)

  await container.start()

  await container.ready()
})

test('a new container goes on with the volume of another, and what was in it stays', async () => {
  const workspace = await workspaceFolder()
  const volumes = [`${workspace}:/workspace`]
  const first = await startContainer({ volumes })
  await first.ready()
  writeFileSync(`${workspace}/ComfyUI/output/mine.txt`, 'mine')
  expect(await first.stop()).toBe(0)

  const second = await startContainer({ volumes })

  await second.ready()
  expect(readFileSync(`${workspace}/ComfyUI/output/mine.txt`, 'utf8')).toBe('mine')
})

test('a container without any volume starts too, and says that its state goes with it', async () => {
  const container = await startContainer()

  await container.ready()

  expect(await container.log()).toContain('WORKSPACE_NOT_A_MOUNT')
})

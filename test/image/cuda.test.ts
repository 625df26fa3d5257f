import { beforeEach, expect, test } from 'vitest'
import { runContainer, startContainer } from './container.ts'
import { nameOf, need, PLAN } from './plan.ts'
import { workspaceFolder } from './volumes.ts'

beforeEach(need('cuda'))

test('the image for GPUs starts on a machine without one, and says so', async () => {
  const container = await startContainer({
    image: nameOf(PLAN.images.cuda),
    volumes: [`${await workspaceFolder()}:/workspace`],
  })

  await container.ready()

  expect(await container.log()).toContain('GPU_ABSENT')
  expect(await container.stop()).toBe(0)
})

test('it refuses to start without a GPU where one is required', async () => {
  const said = await runContainer({ image: nameOf(PLAN.images.cuda), env: { COMFY_GPU: 'require' } })

  expect(said.code).toBe(69)
  expect(said.out + said.err).toContain('GPU_REQUIRED')
})

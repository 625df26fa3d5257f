import { beforeEach, expect, test } from 'vitest'
import { treeOf } from '../support/story.ts'
import { runContainer, startContainer } from './container.ts'
import { need } from './plan.ts'
import { modelsFolder, workspaceFolder } from './volumes.ts'

beforeEach(need('cpu'))

test('two instances run side by side on one folder of models', async () => {
  const models = await modelsFolder()
  const before = treeOf(models)
  const start = async (id: string) =>
    startContainer({
      volumes: [`${await workspaceFolder()}:/instance`, `${models}:/shared/models:ro`],
      env: { COMFY_INSTANCE_ID: id },
    })
  const [first, second] = [await start('one'), await start('two')]

  for (const container of [first, second]) {
    await container.ready()
    const listed = await container.get('/models/checkpoints', container.port)
    expect(await listed?.json()).toContain('shared.safetensors')
  }
  expect(await first.stop()).toBe(0)
  expect((await second.get('/ready'))?.status).toBe(200)
  expect(await second.stop()).toBe(0)
  expect(treeOf(models)).toEqual(before)
})

test('a second container on the same volume is refused with 75 while the first runs', async () => {
  const volumes = [`${await workspaceFolder()}:/workspace`]
  const first = await startContainer({ volumes })
  await first.ready()

  const second = await runContainer({ volumes, env: { COMFY_LOCK: 'refuse' }, args: [] })

  expect(second.code, second.err).toBe(75)
  expect((await first.get('/ready'))?.status).toBe(200)
})

import { mkdirSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { treeOf } from '../support/story.ts'
import { startContainer } from './container.ts'
import { need } from './plan.ts'
import { modelsFolder, workspaceFolder } from './volumes.ts'

beforeEach(need('cpu'))

test('a read-only root needs no more than the volume and a /tmp', async () => {
  const container = await startContainer({
    flags: ['--read-only', '--tmpfs', '/tmp'],
    volumes: [`${await workspaceFolder()}:/workspace`],
  })

  await container.ready()

  expect(await container.stop()).toBe(0)
})

test('shared models are found, and nothing in their tree is changed', async () => {
  const models = await modelsFolder()
  const before = treeOf(models)
  const container = await startContainer({
    volumes: [`${await workspaceFolder()}:/workspace`, `${models}:/models:ro`],
    env: { COMFY_SHARED_MODELS: '/models' },
  })

  await container.ready()

  const listed = await container.get('/models/checkpoints', container.port)
  expect(await listed?.json()).toContain('shared.safetensors')
  expect(await container.stop()).toBe(0)
  expect(treeOf(models)).toEqual(before)
})

test('shared models that could be written are left alone all the same', async () => {
  const models = await modelsFolder()
  const before = treeOf(models)
  const container = await startContainer({
    volumes: [`${await workspaceFolder()}:/workspace`, `${models}:/models`],
    env: { COMFY_SHARED_MODELS: '/models' },
  })

  await container.ready()

  expect(await container.stop()).toBe(0)
  expect(treeOf(models)).toEqual(before)
})

test('models that are mounted inside the workspace before the first boot are found and left alone', async () => {
  const workspace = await workspaceFolder()
  const models = await modelsFolder()
  const before = treeOf(models)
  const container = await startContainer({
    volumes: [`${workspace}:/workspace`, `${models}:/workspace/ComfyUI/models:ro`],
  })

  await container.ready()

  const listed = await container.get('/models/checkpoints', container.port)
  expect(await listed?.json()).toContain('shared.safetensors')
  expect(await container.stop()).toBe(0)
  expect(treeOf(models)).toEqual(before)
})

test('a mount of a sub-folder alone is warned about, and works', async () => {
  const output = await workspaceFolder()
  mkdirSync(`${output}/before`)
  const container = await startContainer({ volumes: [`${output}:/workspace/output`] })

  await container.ready()

  expect(await container.log()).toMatch(/WORKSPACE_ONLY_PARTS_MOUNTED[\s\S]*\/workspace\/output/)
})

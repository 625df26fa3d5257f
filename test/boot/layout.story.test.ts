import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Volume } from '../../scripts/sandbox/container-script.ts'
import type { Running } from '../support/container.ts'
import { freePort } from '../support/free-port.ts'
import { makeWorld, procOf, treeOf, type World } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'

test('with /shared and /instance, models and input are read from the one and all state is written to the other', async () => {
  const world = await makeWorld()
  const layout = await makeLayout()
  const before = treeOf(layout.shared)

  const container = await bootInstance(world, { ...layout, id: 'alpha' })
  await world.ready(container)

  const argv = procOf(container, (await world.status()).services[0]?.pid, 'cmdline')
  expect(argv[argv.indexOf('--input-directory') + 1]).toBe('/shared/input')
  expect(argv[argv.indexOf('--base-directory') + 1]).toBe('/instance')
  expect((await world.get('/models/checkpoints', world.port))?.text).toContain('shared.safetensors')
  await savePicture(world.port)
  expect(readFileSync(`${layout.instance}/output/story_00001_.png`).subarray(1, 4).toString()).toBe('PNG')
  for (const name of ['custom_nodes', 'user']) expect(existsSync(`${layout.instance}/${name}`)).toBe(true)
  expect((await world.status()).instance).toBe('alpha')
  expect(treeOf(layout.shared)).toEqual(before)
})

test('the same layout with ComfyUI moved keeps all state in the instance', async () => {
  const world = await makeWorld()
  const layout = await makeLayout()
  const before = treeOf(layout.shared)

  const container = await bootInstance(world, { ...layout, id: 'alpha', env: { COMFY_ADOPT: 'move' } })
  await world.ready(container)

  expect((await world.get('/models/checkpoints', world.port))?.text).toContain('shared.safetensors')
  await savePicture(world.port)
  expect(existsSync(`${layout.instance}/ComfyUI/output/story_00001_.png`)).toBe(true)
  expect(treeOf(layout.shared)).toEqual(before)
})

test('with only the four folders of an instance mounted, each holds what belongs there', async () => {
  const world = await makeWorld()
  const { shared, instance } = await makeLayout()
  const parts = ['custom_nodes', 'user', 'temp', 'output']
  const volumes = parts.map((name) => {
    mkdirSync(`${instance}/${name}`)
    chownSync(`${instance}/${name}`, 1000, 1000)
    return { from: `${instance}/${name}`, at: `/instance/${name}` }
  })

  const container = await bootInstance(world, {
    shared,
    volumes,
    id: 'alpha',
    env: { COMFY_BASE_DIRECTORY: '/instance', COMFY_UID: '1000', COMFY_GID: '1000' },
  })
  await world.ready(container)

  await savePicture(world.port)
  expect(existsSync(`${instance}/output/story_00001_.png`)).toBe(true)
  expect((await world.status()).problems.map(({ code }) => code)).toContain('WORKSPACE_ONLY_PARTS_MOUNTED')
  expect((await world.get('/object_info', world.port))?.text).toContain('Stripes')
})

test('two instances run side by side on one host and one image, and each is asked by its name', async () => {
  const world = await makeWorld()
  const one = await makeLayout()
  const two = { ...(await makeLayout()), shared: one.shared }
  const run = await tempFolder()
  chmodSync(run, 0o1777)
  const ports = { COMFY_PORT: String(await freePort()), COMFY_HTTP_PORT: String(await freePort()) }

  const alpha = await bootInstance(world, { ...one, id: 'alpha', run })
  const beta = await bootInstance(world, { ...two, id: 'beta', run, env: ports })
  await world.ready(alpha)
  await until(async () => (await world.get('/ready', Number(ports.COMFY_HTTP_PORT)))?.status === 200, 'beta')

  expect((await world.status()).instance).toBe('alpha')
  const asked = await world.box.exec(alpha, ['comfy-init', 'status', '--json'], { COMFY_INSTANCE_ID: 'beta' })
  expect(JSON.parse(asked.out)).toMatchObject({ instance: 'beta', phase: 'ready' })
  await savePicture(Number(ports.COMFY_PORT))
  expect(existsSync(`${two.instance}/output/story_00001_.png`)).toBe(true)
  expect(existsSync(`${one.instance}/output/story_00001_.png`)).toBe(false)
  beta.kill('SIGTERM')
  expect(await beta.ended).toBe(0)
  expect((await world.get('/ready'))?.status).toBe(200)
})

type Instance = {
  readonly id: string
  readonly shared: string
  readonly instance?: string
  readonly volumes?: readonly Volume[]
  readonly env?: Readonly<Record<string, string>>
  readonly run?: string
}

function bootInstance(world: World, { id, shared, instance, run, env, ...rest }: Instance): Promise<Running> {
  const volumes = [
    { from: shared, at: '/shared', readOnly: true },
    ...(instance === undefined ? [] : [{ from: instance, at: '/instance' }]),
    ...(run === undefined ? [] : [{ from: run, at: '/run' }]),
    ...(rest.volumes ?? []),
  ]
  return world.boot({ name: id, volumes, env: { COMFY_INSTANCE_ID: id, COMFY_SHARED_MODELS: '', ...env } })
}

async function makeLayout(): Promise<{ readonly shared: string; readonly instance: string }> {
  const [shared, instance] = [await tempFolder(), await tempFolder()]
  chmodSync(shared, 0o755)
  mkdirSync(`${shared}/models/checkpoints`, { recursive: true })
  mkdirSync(`${shared}/input`)
  writeFileSync(`${shared}/models/checkpoints/shared.safetensors`, 'x')
  chownSync(instance, 1000, 1000)
  return { shared, instance }
}

async function savePicture(port: number): Promise<void> {
  const prompt = {
    1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 255 } },
    2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'story' } },
  }
  const url = `http://127.0.0.1:${port}`
  const answer = await fetch(`${url}/prompt`, { method: 'POST', body: JSON.stringify({ prompt }) })
  expect(answer.status).toBe(200)
  const { prompt_id: id } = (await answer.json()) as { prompt_id: string }
  await expect
    .poll(async () => (await fetch(`${url}/history/${id}`)).text(), { timeout: 10_000 })
    .toContain('"success"')
}

import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeWorld, treeOf } from '../support/story.ts'

test('a read-only root with a tmpfs: ComfyUI stays in the image and its state is in the workspace', async () => {
  const world = await makeWorld()

  const container = await world.boot({ readOnlyRoot: true, user: '1000:1000', dropCapabilities: true })
  await world.ready(container)

  expect(JSON.parse((await world.get('/status'))?.text ?? '{}').phase).toBe('ready')
  expect(statSync(`${world.workspace}/user`).isDirectory()).toBe(true)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('any uid without a passwd line has a HOME, a USER and a working ComfyUI', async () => {
  const world = await makeWorld()
  chownSync(world.workspace, 54321, 0)

  const container = await world.boot({ user: '54321:0' })
  await world.ready(container)

  const env = readFileSync(`/proc/${await pidOf(world, container)}/environ`, 'utf8').split('\0')
  expect(env).toContain('HOME=/workspace/.comfy-init/home')
  expect(env.some((line) => /^USER=.+/.test(line))).toBe(true)
  expect(readFileSync(world.box.seen(container, '/etc/passwd'), 'utf8')).not.toContain('54321')
})

test('as root ComfyUI runs as the volume’s owner and keeps the groups that were added', async () => {
  const world = await makeWorld()
  chownSync(world.workspace, 1234, 2345)

  const container = await world.boot({ groups: [0, 44, 109] })
  await world.ready(container)

  const status = readFileSync(`/proc/${await pidOf(world, container)}/status`, 'utf8')
  expect(/^Uid:\t(.*)$/m.exec(status)?.[1]).toBe('1234\t1234\t1234\t1234')
  expect(/^Gid:\t(.*)$/m.exec(status)?.[1]).toBe('2345\t2345\t2345\t2345')
  expect(/^Groups:\t(.*?)\s*$/m.exec(status)?.[1]).toBe('44 109')
  expect(/^CapEff:\t(.*)$/m.exec(status)?.[1]).toBe('0000000000000000')
})

test('COMFY_IDENTITY=enforce refuses to run as anybody else, with the fix', async () => {
  const world = await makeWorld()

  const container = await world.boot({
    user: '1000:1000',
    env: { COMFY_IDENTITY: 'enforce', COMFY_UID: '1024', COMFY_GID: '1024' },
  })

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('--user 1024:1024')
})

test('root without capabilities runs where nobody else was asked for, and refuses where somebody was', async () => {
  const world = await makeWorld()
  chownSync(world.workspace, 0, 0)

  const allowed = await world.boot({ dropCapabilities: true, name: 'one' })
  await world.ready(allowed)
  allowed.kill('SIGTERM')
  expect(await allowed.ended).toBe(0)
  const refused = await world.boot({ dropCapabilities: true, env: { COMFY_UID: '1000' }, name: 'two' })

  expect(await refused.ended).toBe(69)
  expect(refused.err()).toContain('IDENTITY')
})

test('shared models on a read-only mount are used and stay as they are', async () => {
  const world = await makeWorld()
  writeFileSync(`${world.models}/checkpoints/big.safetensors`, 'x')
  const before = treeOf(world.models)

  const container = await world.boot()
  await world.ready(container)

  expect((await world.get('/models/checkpoints', world.port))?.text).toContain('big.safetensors')
  expect(treeOf(world.models)).toEqual(before)
})

test('without a volume everything works, and the boot says that the work will not survive', async () => {
  const world = await makeWorld()

  const container = await world.boot({ volumes: [] })
  await world.ready(container)

  expect(container.err()).toContain('will not survive')
})

test('a fresh volume of root’s is given to ComfyUI’s user', async () => {
  const world = await makeWorld()
  chownSync(world.workspace, 0, 0)

  const container = await world.boot()
  await world.ready(container)

  expect(statSync(world.workspace)).toMatchObject({ uid: 1000, gid: 1000 })
})

test('models mounted inside a fresh volume are used where they are, and what their mount leaves behind is in nobody’s way', async () => {
  const world = await makeWorld()
  chownSync(world.workspace, 0, 0)
  writeFileSync(`${world.models}/checkpoints/big.safetensors`, 'x')
  mkdirSync(`${world.workspace}/models`)
  const volume = { from: world.workspace, at: '/workspace' }

  const container = await world.boot({
    volumes: [volume, { from: world.models, at: '/workspace/models', readOnly: true }],
  })
  await world.ready(container)

  expect((await world.get('/models/checkpoints', world.port))?.text).toContain('big.safetensors')
  expect(statSync(`${world.workspace}/ComfyUI/main.py`).isFile()).toBe(true)
})

test('only sub-folders mounted: the trap is named, and refused where a single mount is enforced', async () => {
  const world = await makeWorld()
  const volumes = ['output', 'user'].map((name) => {
    mkdirSync(`${world.workspace}/${name}`)
    return { from: `${world.workspace}/${name}`, at: `/workspace/${name}` }
  })

  const warned = await world.boot({ volumes, name: 'one' })
  await world.ready(warned)
  warned.kill('SIGTERM')
  await warned.ended
  const refused = await world.boot({ volumes, name: 'two', env: { COMFY_SINGLE_MOUNT: 'enforce' } })

  expect(warned.err()).toContain('/workspace/output')
  expect(await refused.ended).toBe(69)
})

test('all problems are told together, and nothing is half done', async () => {
  const world = await makeWorld()

  const container = await world.boot({
    env: {
      COMFY_PORT: '99999',
      COMFY_GPU: 'maybe',
      COMFY_ADPOT: 'link',
      COMFY_JUPYTER_TOKEN: 's3cret-s3cret',
      JUPYTER_TOKEN: 'other-s3cret',
    },
  })

  expect(await container.ended).toBe(78)
  expect(container.err()).toMatch(/COMFY_PORT[\s\S]*COMFY_GPU|COMFY_GPU[\s\S]*COMFY_PORT/)
  expect(container.err()).toContain('COMFY_ADOPT')
  expect(container.err() + container.out()).not.toContain('s3cret')
  expect(treeOf(world.workspace)).toEqual([])
})

async function pidOf(
  world: Awaited<ReturnType<typeof makeWorld>>,
  container: { readonly pid: number },
): Promise<number> {
  const inner = JSON.parse((await world.get('/status'))?.text ?? '{}').services[0].pid
  const { readdirSync } = await import('node:fs')
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => innerPidOf(Number(name), container.pid) === inner)
  return Number(found)
}

function innerPidOf(pid: number, first: number): number | undefined {
  try {
    if (statSync(`/proc/${pid}/ns/pid`).ino !== statSync(`/proc/${first}/ns/pid`).ino) return undefined
    return Number(/^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

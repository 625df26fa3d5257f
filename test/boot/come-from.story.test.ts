import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import type { Running } from '../support/container.ts'
import { makeWorld, procOf, treeOf, type World } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** The mounts and variables that a page of docs/how-to/migrate/ tells people to start with, on folders as that image leaves them. */
type Move = {
  readonly page: string
  readonly env?: Readonly<Record<string, string>>
  /** Where each folder of the host is mounted. */
  readonly mounts: Readonly<Record<string, string>>
  /** Folder of the host that holds each kind of state. */
  readonly state: Readonly<Record<string, string>>
  readonly owner?: string
  readonly args?: readonly string[]
  /** Base directory that ComfyUI is started with. */
  readonly base: string
}

const FLAT = {
  models: 'models',
  custom_nodes: 'custom_nodes',
  user: 'user',
  input: 'input',
  output: 'output',
}

const MOVES: readonly Move[] = [
  {
    page: 'mmartial',
    env: { WANTED_UID: '1000', WANTED_GID: '1000', BASE_DIRECTORY: '/basedir' },
    mounts: { run: '/comfy/mnt', basedir: '/basedir' },
    state: within('basedir/', FLAT),
    base: '/basedir',
  },
  {
    page: 'yanwenkun',
    env: { CLI_ARGS: '', COMFY_UID: '0', COMFY_GID: '0' },
    owner: '0:0',
    mounts: {
      comfy: '/workspace',
      'storage-models/models': '/workspace/models',
      'storage-nodes/custom_nodes': '/workspace/custom_nodes',
      'storage-user/input': '/workspace/input',
      'storage-user/output': '/workspace/output',
      'storage-user/user-profile': '/workspace/user',
      'storage-models/hf-hub': '/workspace/.cache/huggingface/hub',
    },
    state: {
      models: 'storage-models/models',
      custom_nodes: 'storage-nodes/custom_nodes',
      user: 'storage-user/user-profile',
      input: 'storage-user/input',
      output: 'storage-user/output',
    },
    base: '/workspace',
  },
  {
    page: 'pixeloven',
    env: { PUID: '1000', PGID: '1000', CLI_ARGS: '--fast' },
    mounts: { data: '/workspace' },
    state: within('data/', FLAT),
    base: '/workspace',
  },
  {
    page: 'others: lecode-official',
    env: { USER_ID: '1000', GROUP_ID: '1000' },
    mounts: { comfy: '/workspace', models: '/workspace/models', 'custom-nodes': '/workspace/custom_nodes' },
    state: { models: 'models', custom_nodes: 'custom-nodes' },
    args: ['--enable-cors-header'],
    base: '/workspace',
  },
  {
    page: 'others: jimlee2048',
    mounts: { volumes: '/workspace' },
    state: { models: 'volumes/models', user: 'volumes/user', output: 'volumes/output' },
    base: '/workspace',
  },
  {
    page: 'others: radiatingreverberations',
    mounts: {
      comfy: '/workspace',
      ...Object.fromEntries(Object.keys(FLAT).map((at) => [at, `/workspace/${at}`])),
    },
    state: FLAT,
    args: ['--preview-method', 'auto'],
    base: '/workspace',
  },
]

test.each(MOVES)(
  'as the page about $page says, models, nodes and settings are used where they lie',
  async (move) => {
    const world = await makeWorld()
    const host = await leave(move)
    const files = treeOf(host).filter((line) => / 100\d{3} /.test(line))

    const container = await boot(world, host, move)
    await world.ready(container)

    const argv = procOf(container, (await world.status()).services[0]?.pid, 'cmdline')
    expect(argv[argv.indexOf('--base-directory') + 1]).toBe(move.base)
    for (const arg of move.args ?? []) expect(argv).toContain(arg)
    expect((await world.get('/models/loras', world.port))?.text).toContain('mine.safetensors')
    if (move.state.custom_nodes !== undefined)
      expect((await world.get('/object_info', world.port))?.text).toContain('"Mine"')
    // ComfyUI itself uses the user folder: its database comes to lie in it.
    if (move.state.user !== undefined) expect(existsSync(`${host}/${move.state.user}/comfyui.db`)).toBe(true)
    expect(treeOf(host).filter((line) => files.includes(line))).toEqual(files)
    if (move.mounts.run !== undefined) expect(treeOf(`${host}/run`)).toEqual([])
  },
)

test('mounts below a ComfyUI that is not in the workspace are not used, and the warning names them', async () => {
  const world = await makeWorld()
  const move = {
    page: 'jimlee2048, as it is',
    mounts: { models: '/workspace/ComfyUI/models', user: '/workspace/ComfyUI/user' },
    state: { models: 'models', user: 'user' },
    base: '/workspace',
  }
  const host = await leave(move)

  const plan = await boot(world, host, { ...move, args: ['plan'] })

  expect(await plan.ended).toBe(0)
  expect(plan.out()).toContain('with its state in /workspace.')
  expect(plan.out()).toMatch(/WORKSPACE_ONLY_PARTS_MOUNTED[\s\S]*\/workspace\/ComfyUI\/models/)
})

test('a volume of root’s is refused with what to type, before anything is changed', async () => {
  const world = await makeWorld()
  const move = {
    page: '',
    mounts: { data: '/workspace' },
    state: within('data/', FLAT),
    owner: '0:0',
    base: '',
  }
  const host = await leave(move)
  const before = treeOf(host)

  const container = await boot(world, host, move)

  expect(await container.ended).toBe(69)
  expect(container.err()).toMatch(/WORKSPACE_NOT_WRITABLE[\s\S]*chown -R 1000:1000/)
  expect(treeOf(host)).toEqual(before)
})

test('a serverless worker’s volume is searched for models beside the workspace, and its script runs as it is', async () => {
  const world = await makeWorld()
  const move = {
    page: 'runpod',
    env: { COMFY_SHARED_MODELS: '/runpod-volume/models', COMFY_LOG_LEVEL: 'DEBUG', COMFY_ORG_API_KEY: 'key' },
    mounts: { comfy: '/workspace', 'runpod-volume': '/runpod-volume' },
    state: { models: 'runpod-volume/models' },
    base: '/workspace/ComfyUI',
  }
  const host = await leave(move)

  const container = await boot(world, host, move)
  await world.ready(container)
  const script = await boot(world, host, { ...move, args: ['/bin/sh', '-c', 'echo its own start'] }, 'script')

  expect((await world.get('/models/loras', world.port))?.text).toContain('mine.safetensors')
  expect(container.err()).not.toContain('SETTING_UNKNOWN')
  expect(await script.ended).toBe(0)
  expect(script.out()).toBe('its own start\n')
  expect(existsSync(`${host}/runpod-volume/.comfy-init`)).toBe(false)
})

function within(folder: string, names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).map(([name, path]) => [name, folder + path]))
}

const MINE: Readonly<Record<string, string>> = {
  'models/loras/mine.safetensors': 'lora',
  'output/mine.png': 'picture',
  'input/mine.png': 'picture',
  'user/default/workflows/mine.json': '{}',
  'custom_nodes/mine/__init__.py': `
class Mine:
    INPUT_TYPES = classmethod(lambda s: {"required": {}})
    RETURN_TYPES = ()
    FUNCTION = "run"
    CATEGORY = "mine"
    def run(self):
        return ()

NODE_CLASS_MAPPINGS = {"Mine": Mine}
`,
}

async function leave({ mounts, state, owner = '1000:1000' }: Move): Promise<string> {
  const host = await tempFolder()
  for (const folder of Object.keys(mounts)) mkdirSync(`${host}/${folder}`, { recursive: true })
  for (const [path, content] of Object.entries(MINE)) {
    const [name = '', ...rest] = path.split('/')
    const folder = state[name]
    if (folder === undefined) continue
    const file = `${host}/${folder}/${rest.join('/')}`
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  execFileSync('chown', ['-R', owner, host])
  return host
}

function boot(world: World, host: string, { env, mounts, args }: Move, name = 'one'): Promise<Running> {
  return world.boot({
    name,
    env: { COMFY_NODES: '', COMFY_GPU: 'off', COMFY_SHARED_MODELS: '', ...env },
    volumes: Object.entries(mounts).map(([folder, at]) => ({ from: `${host}/${folder}`, at })),
    ...(args === undefined ? {} : { args }),
  })
}

import { expect, test } from 'vitest'
import { workspaceOf } from '../../src/settings/read.ts'
import { options } from '../../src/settings/settings.ts'
import { codes, read, texts, written } from './given.ts'

test('nothing written gives the defaults of the table', async () => {
  const { settings, origins, problems } = await read({})

  expect(settings).toMatchObject({
    workspace: '/workspace',
    adopt: 'auto',
    port: 8188,
    httpPort: 3000,
    listen: '0.0.0.0',
    nodes: undefined,
    sharedModels: [],
    args: [],
    jupyter: false,
    stopGraceMs: 8000,
    home: undefined,
    hfToken: undefined,
  })
  expect(Object.keys(settings)).toEqual(Object.keys(options))
  expect(new Set(Object.values(origins).map((each) => each.from))).toEqual(new Set(['default']))
  expect(problems).toEqual([])
})

test('defaults follow what the machine hints at', async () => {
  const { settings } = await read({
    hints: {
      inContainer: false,
      isMount: (path) => path === '/instance',
      exists: (path) => path === '/ComfyUI/main.py',
    },
  })

  expect(settings).toMatchObject({ listen: '127.0.0.1', workspace: '/instance', home: '/ComfyUI' })
})

test.each([
  ['DEBUG', 'debug'],
  ['WARNING', 'warn'],
  ['CRITICAL', 'error'],
  ['warn', 'warn'],
])('COMFY_LOG_LEVEL=%s, as Python or we name it, is %s', async (text, level) => {
  const { settings, problems } = await read({ env: { COMFY_LOG_LEVEL: text } })

  expect([settings.logLevel, problems]).toEqual([level, []])
})

test('settings cannot be changed', async () => {
  const { settings } = await read({})
  expect(Object.isFrozen(settings)).toBe(true)
})

test('a flag counts before the environment, that before the workspace file, that before the image file', async () => {
  const all = {
    flags: { port: '1' },
    env: { COMFY_PORT: '2' },
    workspaceFile: 'port: 3',
    imageFile: 'port: 4',
  }
  const { flags: _, ...noFlag } = all
  const { env: __, ...onlyFiles } = noFlag
  const { workspaceFile: ___, ...onlyImage } = onlyFiles

  const found = await Promise.all([all, noFlag, onlyFiles, onlyImage].map(read))

  expect(found.map((each) => [each.settings.port, each.origins.port])).toEqual([
    [1, { from: 'flag', name: '--port' }],
    [2, { from: 'env', name: 'COMFY_PORT' }],
    [3, { from: 'workspace-file', name: 'port in /ws/settings.yaml:1' }],
    [4, { from: 'image-file', name: 'port in /etc/comfy-init.yaml:1' }],
  ])
  expect(found.flatMap((each) => each.problems)).toEqual([])
})

test.each([
  ['PUID', 'uid', '1024', 1024],
  ['WANTED_GID', 'gid', '1024', 1024],
  ['UMASK', 'umask', '002', 2],
  ['BASE_DIRECTORY', 'workspace', '/data', '/data'],
  ['CLI_ARGS', 'args', '--lowvram --fast fp16_accumulation', ['--lowvram', '--fast', 'fp16_accumulation']],
  ['COMFYUI_EXTRA_ARGS', 'args', '--preview-method=auto', ['--preview-method=auto']],
  ['COMFY_CMDLINE_XTRA', 'args', '--fast', ['--fast']],
  ['COMFYUI_PORT_HOST', 'port', '9000', 9000],
  ['MODEL_DIR', 'sharedModels', '/models', ['/models']],
  ['CACHE_DIR', 'cacheFolder', '/cache/', '/cache'],
  ['PORT', 'httpPort', '8080', 8080],
] as const)('%s of other images is an alias of %s', async (name, key, text, value) => {
  const { settings, origins } = await read({ env: { [name]: text } })

  expect(settings[key]).toEqual(value)
  expect(origins[key]).toEqual({ from: 'env', name })
})

test('of two names that differ the one named first counts, and a warning names both', async () => {
  const { settings, problems } = await read({ env: { PUID: '1001', USER_ID: '1002' } })

  expect(settings.uid).toBe(1001)
  expect(codes(problems)).toEqual(['SETTING_TWICE'])
  expect(texts(problems)[0]).toContain('USER_ID differs from PUID')
})

test('two names that agree are no problem', async () => {
  const { problems } = await read({ env: { COMFY_UID: '1001', PUID: ' 1001' } })
  expect(problems).toEqual([])
})

test('an empty variable is an unset one', async () => {
  const { settings, problems } = await read({
    env: { COMFY_PORT: '', COMFY_UID: ' ', HF_TOKEN: '', HF_TOKEN_FILE: '' },
  })

  expect(settings).toMatchObject({ port: 8188, uid: undefined, hfToken: undefined })
  expect(problems).toEqual([])
})

test('an empty list means none, even where a file says otherwise', async () => {
  const { settings } = await read({
    env: { COMFY_NODES: '', COMFY_SHARED_MODELS: '', COMFY_ARGS: '', CLI_ARGS: '' },
    imageFile: 'nodes: [a]\nshared-models: /m\nargs: --lowvram',
  })

  expect(settings).toMatchObject({ nodes: [], sharedModels: [], args: [] })
})

test('line ends and blanks around a value, as files of variables leave them, fall away', async () => {
  const { settings } = await read({ env: { COMFY_PORT: '8189\r', COMFY_ADOPT: ' Link ' } })
  expect(settings).toMatchObject({ port: 8189, adopt: 'link' })
})

test('the workspace can be known before its settings file is', async () => {
  const nowhere = await written({})
  const named = await written({ env: { WORKSPACE: '/data' }, imageFile: 'workspace: /image' })
  const wrong = await written({ env: { COMFY_WORKSPACE: 'data' } })

  expect([nowhere, named, wrong].map(workspaceOf)).toEqual(['/workspace', '/data', '/workspace'])
})

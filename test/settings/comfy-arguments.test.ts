import { expect, test } from 'vitest'
import { codes, read, refused, texts } from './given.ts'

test('arguments that are settings are taken as such, all others go to ComfyUI in their order', async () => {
  const { settings, origins } = await read({
    env: { COMFY_ARGS: '--lowvram --output-directory=/out' },
    comfyArgs: [
      '--port',
      '9000',
      '--fast',
      'fp16_accumulation',
      '--listen=127.0.0.1',
      '--input-directory',
      '/in',
    ],
  })

  expect(settings).toMatchObject({
    port: 9000,
    listen: '127.0.0.1',
    inputFolder: '/in',
    outputFolder: '/out',
    args: ['--lowvram', '--fast', 'fp16_accumulation'],
  })
  expect(origins).toMatchObject({
    port: { from: 'argument', name: '--port' },
    outputFolder: { from: 'argument', name: '--output-directory in COMFY_ARGS' },
    args: { from: 'env', name: 'COMFY_ARGS and command line' },
  })
})

test('--listen alone is every IPv4 address', async () => {
  const last = await read({ comfyArgs: ['--fast', '--listen'] })
  const before = await read({ comfyArgs: ['--listen', '--fast'] })

  expect([last.settings.listen, before.settings.listen]).toEqual(['0.0.0.0', '0.0.0.0'])
  expect([last.settings.args, before.settings.args]).toEqual([['--fast'], ['--fast']])
})

test('of an argument that is given twice the last counts, as in ComfyUI', async () => {
  const { settings } = await read({ comfyArgs: ['--port', '1', '--port=2'] })
  expect(settings).toMatchObject({ port: 2, args: [] })
})

test('--cpu sets the GPU off', async () => {
  const { settings, origins } = await read({ comfyArgs: ['--cpu'] })

  expect(settings).toMatchObject({ gpu: 'off', args: [] })
  expect(origins.gpu).toEqual({ from: 'argument', name: '--cpu' })
})

test('an argument counts before the setting that is written in the same place, with a warning', async () => {
  const { settings, problems } = await read({ env: { COMFY_PORT: '8000', CLI_ARGS: '--port 9000' } })

  expect(settings.port).toBe(9000)
  expect(texts(problems)).toEqual([expect.stringContaining('COMFY_PORT differs from --port in CLI_ARGS')])
})

test('an argument in the environment does not count before a flag, one in a file not before the environment', async () => {
  const byFlag = await read({ flags: { port: '8000' }, env: { COMFY_ARGS: '--port 9000' } })
  const byEnv = await read({ env: { COMFY_PORT: '8000' }, imageFile: 'args: --port 9000' })

  expect([byFlag.settings.port, byEnv.settings.port]).toEqual([8000, 8000])
  expect([byFlag.settings.args, byEnv.settings.args]).toEqual([[], []])
})

test('a wrong argument is refused by its own name', async () => {
  const problems = await refused({ comfyArgs: ['--port'], env: { COMFY_ARGS: '--output-directory out' } })

  expect(texts(problems)).toEqual([
    expect.stringContaining('Cannot use the value of --output-directory in COMFY_ARGS. «out» is wrong'),
    expect.stringContaining('Cannot use the value of --port. «» is wrong'),
  ])
})

test.each([[['--base-directory', '/data']], [['--base-directory=/data']]])(
  '%j is refused for COMFY_WORKSPACE',
  async (comfyArgs) => {
    const problems = await refused({ comfyArgs })

    expect(codes(problems)).toEqual(['ARGUMENT_RESERVED'])
    expect(texts(problems)[0]).toContain('set COMFY_WORKSPACE instead')
  },
)

test('other folders and files of ComfyUI are passed on', async () => {
  const args = [
    '--user-directory',
    '/u',
    '--temp-directory=/t',
    '--database-url',
    'sqlite://',
    '--extra-model-paths-config',
    'a',
    'b',
  ]
  const { settings } = await read({ comfyArgs: args })
  expect(settings.args).toEqual(args)
})

test('arguments that cannot be split are told once', async () => {
  const problems = await refused({ env: { COMFY_ARGS: '--port 1 "' }, comfyArgs: ['--lowvram'] })
  expect(codes(problems)).toEqual(['SETTING_INVALID'])
})

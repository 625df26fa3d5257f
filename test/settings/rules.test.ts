import { expect, test } from 'vitest'
import { codes, read, refused, texts } from './given.ts'

test('two services on one port are refused with the names that were written', async () => {
  const problems = await refused({ env: { COMFY_PORT: '3000', PORT: '3000' } })

  expect(codes(problems)).toEqual(['PORTS_EQUAL'])
  expect(texts(problems)[0]).toContain('COMFY_PORT and PORT are all 3000')
})

test('the port of JupyterLab counts only when it runs', async () => {
  expect(codes(await refused({ env: { COMFY_JUPYTER_PORT: '8188' } }))).toEqual([])
  expect(codes(await refused({ env: { COMFY_JUPYTER_PORT: '8188', COMFY_JUPYTER: 'on' } }))).toEqual([
    'PORTS_EQUAL',
  ])
})

test('a short JupyterLab token is warned about, when JupyterLab runs', async () => {
  const off = await read({ env: { JUPYTER_TOKEN: 'abc' } })
  const short = await read({ env: { JUPYTER_TOKEN: 'abcdefg', COMFY_JUPYTER: 'on' } })
  const long = await read({ env: { JUPYTER_TOKEN: 'abcdefgh', COMFY_JUPYTER: 'on' } })

  expect([off, short, long].map((each) => codes(each.problems))).toEqual([[], ['JUPYTER_TOKEN_SHORT'], []])
})

test('a short token for actions over HTTP is warned about, whoever guesses it may stop things', async () => {
  const short = await read({ env: { COMFY_TOKEN: 'a' } })
  const long = await read({ env: { COMFY_TOKEN: '0123456789abcdef' } })

  expect([short, long].map((each) => codes(each.problems))).toEqual([['TOKEN_SHORT'], []])
  expect(texts(short.problems).join()).not.toContain('«a»')
})

test('blanks at the ends of a token fall away, and blanks alone are none', async () => {
  const blank = await read({ env: { COMFY_TOKEN: ' \t' } })
  const padded = await read({ env: { COMFY_TOKEN: ' 0123456789abcdef\n' } })

  expect(blank.settings.token).toBeUndefined()
  expect(padded.settings.token?.reveal()).toBe('0123456789abcdef')
  expect(codes(await refused({ flags: { token: ' ' } }))).toEqual(['SETTING_INVALID'])
})

test('the root folder is no workspace', async () => {
  expect(codes(await refused({ env: { COMFY_WORKSPACE: '/' } }))).toEqual(['WORKSPACE_IS_ROOT'])
})

test.each([
  ['/data/ComfyUI', '/data'],
  ['/data', '/data'],
  ['/data', '/data/work'],
])('ComfyUI in %s is not moved into the workspace %s', async (home, workspace) => {
  const env = { COMFY_HOME: home, COMFY_WORKSPACE: workspace, COMFY_ADOPT: 'move' }

  expect(codes(await refused({ env }))).toEqual(['HOME_OVERLAPS_WORKSPACE'])
  expect(await refused({ env: { ...env, COMFY_ADOPT: 'link' } })).toEqual([])
})

test('the workspace’s own ComfyUI is run where it is, unless it is to be moved', async () => {
  const env = { COMFY_HOME: '/data/ComfyUI', COMFY_WORKSPACE: '/data' }

  expect(await refused({ env })).toEqual([])
})

test('names that begin alike do not lie in one another', async () => {
  expect(await refused({ env: { COMFY_HOME: '/data-image', COMFY_WORKSPACE: '/data' } })).toEqual([])
})

test.each([
  [{ COMFY_SHARED_MODELS: '/workspace' }],
  [{ COMFY_SHARED_MODELS: '/workspace/ComfyUI/models' }],
  [{ COMFY_SHARED_MODELS: '/hot:/workspace/.comfy-init' }],
  [{ COMFY_SHARED_MODELS: '/data', COMFY_WORKSPACE: '/data/work' }],
  [{ COMFY_SHARED_MODELS: '/models', COMFY_OUTPUT_DIR: '/models/output' }],
  [{ COMFY_SHARED_MODELS: '/models', COMFY_CACHE_DIR: '/models' }],
  [{ COMFY_OUTPUT_DIR: '/shared/input' }],
  [{ COMFY_SHARED_DIRECTORY: '/nas', COMFY_WORKSPACE: '/nas/models/me' }],
])('what is never written and what is written must not overlap: %j', async (env) => {
  expect(codes(await refused({ env }))).toEqual(['FOLDERS_OVERLAP'])
})

test.each([
  [{ COMFY_SHARED_MODELS: '/workspace/shared' }],
  [{ COMFY_SHARED_MODELS: '/workspace/models' }],
  [{ COMFY_OUTPUT_DIR: '/shared/output' }],
  [{ COMFY_SHARED_DIRECTORY: '/instance/shared', COMFY_WORKSPACE: '/instance' }],
])('a tier mounted beside what is written is taken: %j', async (env) => {
  expect(codes(await refused({ env }))).toEqual([])
})

test('a rule is not judged on a value that is wrong by itself', async () => {
  const problems = await refused({ env: { COMFY_PORT: 'x', COMFY_WORKSPACE: '/', COMFY_HTTP_PORT: '8188' } })
  expect(codes(problems)).toEqual(['SETTING_INVALID', 'WORKSPACE_IS_ROOT'])
})

test.each([['KILL:5,TERM:2'], ['KILL:1,KILL:1'], ['INT:5,KILL:1,TERM:1,KILL:1'], ['TERM:5'], [',']])(
  'a stop ladder with KILL elsewhere than at its end is refused: %s',
  async (COMFY_STOP_LADDER) => {
    expect(codes(await refused({ env: { COMFY_STOP_LADDER } }))).toEqual(['SETTING_INVALID'])
  },
)

test('KILL is given a fifth of a second at least: nothing is gone in no time', async () => {
  const { settings } = await read({ env: { COMFY_STOP_LADDER: 'INT:0,KILL:0' } })

  expect(settings.stopLadder).toEqual([
    { signal: 'SIGINT', graceMs: 0 },
    { signal: 'SIGKILL', graceMs: 200 },
  ])
})

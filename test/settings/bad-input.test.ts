import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { exitCodeOf } from '../../src/base/exit-code.ts'
import { blocking, Problem } from '../../src/base/problem.ts'
import { exampleOf } from '../../src/settings/example.ts'
import { parseGiven } from '../../src/settings/parse.ts'
import { secretFilePaths } from '../../src/settings/read.ts'
import { optionKeys, optionOf } from '../../src/settings/settings.ts'
import { codes, read, refused, texts } from './given.ts'

test.each([
  ['COMFY_PORT', 'eighty', 'it must be a number from 1 to 65535'],
  ['COMFY_PORT', '65536', 'it must be a number from 1 to 65535'],
  ['COMFY_PORT', '0', 'it must be a number from 1 to 65535'],
  ['COMFY_PORT', '8188.5', 'it must be a number from 1 to 65535'],
  ['COMFY_WORKSPACE', 'data', 'it must be an absolute path'],
  ['COMFY_UID', '-1', 'it must be a number from 0 to 4294967294'],
  ['COMFY_UID', '4294967295', 'it must be a number from 0 to 4294967294'],
  ['PUID', 'me', 'it must be a number from 0 to 4294967294'],
  ['COMFY_ADOPT', 'mvoe', 'it must be auto, move or link'],
  ['COMFY_JUPYTER', 'maybe', 'it must be on or off'],
  ['COMFY_UMASK', '088', 'it must be an octal mask, like 022'],
  ['COMFY_UMASK', '700', 'it must leave all rights to the owner'],
  ['COMFY_STOP_GRACE', 'soon', 'it must be a number of seconds, like 8, 8s or 500ms'],
  ['COMFY_STOP_GRACE', '2000m', 'it must be at most a day'],
  ['COMFY_INSTANCE_ID', '../x', 'it must be 1 to 63 letters, digits, dots, dashes or underscores'],
  ['COMFY_LISTEN', '0.0.0.0,::', 'it must be one address, like 0.0.0.0, 127.0.0.1 or ::'],
  ['COMFY_SHARED_MODELS', '/hot:cold', 'entry 2 must be an absolute path'],
  ['COMFY_ARGS', '--a "b', 'it must close every quote; one " is left open'],
  ['COMFY_ARGS', '--a > /log', 'it must not hold «>» outside quotes'],
  ['COMFY_NODES', '["a", 1]', 'it must be a JSON array of texts when it begins with «[»'],
  ['COMFY_REAPER', 'tini', 'it must be auto, off or an absolute path'],
])('%s=%s is refused with what it must be', async (name, value, must) => {
  const problems = await refused({ env: { [name]: value } })

  expect(codes(problems)).toEqual(['SETTING_INVALID'])
  expect(texts(problems)[0]).toContain(`Cannot use the value of ${name}. «${value}» is wrong: ${must}.`)
  expect(exitCodeOf(problems.map((each) => each.kind))).toBe(78)
})

test('a wrong value says what would be right, and the default', async () => {
  const [text] = texts(await refused({ env: { COMFY_PORT: 'x' } }))
  expect(text).toContain('Set COMFY_PORT=8188, or leave it out for the default: 8188, ComfyUI’s own.')
})

test.each([
  [{ env: { COMFY_UID: 'me' } }, 'Set COMFY_UID=1000, or'],
  [{ env: { COMFY_UID: 'me' } }, ' id -u shows yours.'],
  [{ env: { PGID: 'me' } }, 'Set PGID=1000, or'],
  [{ env: { COMFY_STOP_GRACE: 'soon' } }, 'Set COMFY_STOP_GRACE=8s, or'],
  [{ env: { COMFY_JUPYTER: 'maybe' } }, 'Set COMFY_JUPYTER=off, or'],
  [{ env: {}, flags: { port: 'x' } }, 'Set --port=8188, or'],
  [{ env: {}, comfyArgs: ['--port', 'x'] }, 'Set --port 8188, or'],
  [{ env: { COMFY_ARGS: '--port x' } }, 'Set --port 8188 in COMFY_ARGS, or'],
  [{ env: {}, imageFile: 'port: x' }, 'Set port: 8188 in /etc/comfy-init.yaml:1, or'],
  [{ env: { HF_TOKEN: 'a\u0007b' } }, 'Write a TOKEN in one line, or'],
])('%j is answered with what can be typed', async (given, remedy) => {
  expect(texts(await refused(given))[0]).toContain(remedy)
})

test.each(optionKeys.filter((key) => optionOf(key).secret === undefined))(
  'the example of %s is a right value',
  async (key) => {
    const option = optionOf(key)
    const given = { text: exampleOf(option), origin: { from: 'env', name: option.env } } as const
    expect(exampleOf(option)).not.toBe('')
    expect(parseGiven(key, given)).not.toBeInstanceOf(Problem)
  },
)

test('quotes that an env file left in the value are pointed at', async () => {
  const [text] = texts(await refused({ env: { COMFY_PORT: '"8188"' } }))
  expect(text).toContain('The quotes around it are part of it.')
})

test('everything that is wrong is told at once, the blocking first', async () => {
  const problems = await refused({
    env: {
      COMFY_PROT: '8189',
      COMFY_PORT: 'x',
      COMFY_ADOPT: 'y',
      HF_TOKEN: 'hf_secret',
      HF_TOKEN_FILE: '/run/secrets/hf',
      COMFY_HTTP_PORT: '8888',
      COMFY_JUPYTER: 'on',
    },
    flags: { gpu: 'z', nonsense: '1' },
    imageFile: 'stop-graze: 8',
    workspaceFile: 'uid: 0',
  })

  expect(codes(problems).toSorted()).toEqual([
    'FLAG_UNKNOWN',
    'SECRET_TWICE',
    'SETTINGS_FILE_KEY_MISPLACED',
    'SETTINGS_FILE_KEY_UNKNOWN',
    'SETTING_INVALID',
    'SETTING_INVALID',
    'SETTING_INVALID',
    'SETTING_UNKNOWN',
  ])
  expect(problems.at(-1)?.level).toBe('warning')
  expect(blocking(problems)).toHaveLength(7)
})

test.each([
  ['COMFY_PROT', 'COMFY_PORT'],
  ['COMFY_WORKSPCE', 'COMFY_WORKSPACE'],
  ['COMFY_SHARED_MODEL', 'COMFY_SHARED_MODELS'],
  ['comfy_gpu', 'COMFY_GPU'],
  ['COMFY_JUPYTER_TOKEN_FLE', 'COMFY_JUPYTER_TOKEN_FILE'],
])('the unknown name %s is warned about with «%s»', async (name, near) => {
  const { problems } = await read({ env: { [name]: '1' } })

  expect(codes(problems)).toEqual(['SETTING_UNKNOWN'])
  expect(problems[0]?.level).toBe('warning')
  expect(texts(problems)[0]).toContain(`${name} is set, but nothing reads it.`)
  expect(texts(problems)[0]).toContain(`Did you mean «${near}»?`)
})

test('an unknown name that is near to none is warned about without a guess', async () => {
  const { problems } = await read({ env: { COMFY_ZZZZZZZZZZ: '1' } })
  expect(texts(problems)[0]).toContain('Take COMFY_ZZZZZZZZZZ away')
})

test('names that others read are left alone', async () => {
  const { problems } = await read({
    env: {
      COMFY_INIT_STAGE: '2',
      COMFY_CLI_BACKGROUND: '1',
      COMFY_API_KEY: 'k',
      COMFYUI_PATH: '/x',
      COMFYANONYMOUS: '1',
      COMFY_SERVICE_HOST: '10.0.0.7',
      COMFY_SERVICE_PORT_HTTP: '8188',
      COMFY_PORT_8188_TCP: 'tcp://10.0.0.7:8188',
      COMFY_PORT_8188_TCP_ADDR: '10.0.0.7',
      COMFY_WEB_PORT: 'tcp://10.0.0.7:80',
    },
  })
  expect(problems).toEqual([])
})

test('a Kubernetes service «comfy» does not take COMFY_PORT', async () => {
  const { settings, problems } = await read({ env: { COMFY_PORT: 'tcp://10.0.0.7:8188' } })

  expect(settings.port).toBe(8188)
  expect(codes(problems)).toEqual(['SERVICE_LINK_IGNORED'])
  expect(problems[0]?.in('kubernetes').remedy).toContain('enableServiceLinks: false')
})

test('a secret is taken from its file, without the line end', async () => {
  const { settings, origins } = await read({
    env: { HF_API_TOKEN_FILE: '/run/secrets/hf' },
    secretFiles: { '/run/secrets/hf': 'hf_abc\r\n' },
  })

  expect(settings.hfToken?.reveal()).toBe('hf_abc')
  expect(origins.hfToken).toEqual({ from: 'env', name: 'HF_API_TOKEN_FILE' })
})

test.each(['HF_TOKEN', 'JUPYTER_PASSWORD', 'CIVITAI_API_TOKEN'])(
  '%s and its file together are refused',
  async (name) => {
    const problems = await refused({
      env: { [name]: 'hunter2hunter2', [`${name}_FILE`]: '/s' },
      secretFiles: { '/s': 'other-secret' },
    })

    expect(codes(problems)).toEqual(['SECRET_TWICE'])
    expect(texts(problems)[0]).toContain(`Cannot choose between ${name} and ${name}_FILE.`)
  },
)

test.each([
  ['missing', {}, 'There is no such file, or it may not be read.'],
  ['empty', { '/s': '\n' }, 'The file is empty.'],
])('a secret whose file is %s is refused', async (_, secretFiles, why) => {
  const problems = await refused({ env: { HF_TOKEN_FILE: '/s' }, secretFiles })

  expect(codes(problems)).toEqual(['SECRET_FILE_UNUSABLE'])
  expect(texts(problems)[0]).toContain(`Cannot read the secret of HF_TOKEN_FILE from /s. ${why}`)
})

test('the files to read are those of every secret’s names', () => {
  const env = { HF_TOKEN_FILE: '/a', JUPYTER_TOKEN_FILE: '/b', CIVITAI_TOKEN_FILE: '', COMFY_PORT_FILE: '/c' }
  expect(secretFilePaths(env).toSorted()).toEqual(['/a', '/b'])
})

test('a secret is shown by nothing: not by problems, settings, JSON or inspection', async () => {
  const value = 'hunter2\u0007hunter2'
  const wrong = await refused({ env: { HF_TOKEN: value, JUPYTER_TOKEN: 'tok\ten', COMFY_PORT: 'x' } })
  const { settings, problems } = await read({
    env: { HF_TOKEN: 'hunter2', HF_API_TOKEN: 'hunter3', COMFY_JUPYTER_TOKEN: 'hunter', COMFY_JUPYTER: 'on' },
  })

  expect(codes(wrong)).toEqual(['SETTING_INVALID', 'SETTING_INVALID', 'SETTING_INVALID'])
  expect(codes(problems).toSorted()).toEqual(['JUPYTER_TOKEN_SHORT', 'SETTING_TWICE'])
  const shown = [texts(wrong), texts(problems), inspect(wrong, { depth: 9 }), inspect(settings, { depth: 9 })]
  expect(`${shown.join()}${JSON.stringify([wrong, settings])}${settings.hfToken}`).not.toMatch(
    /hunter|tok\ten/,
  )
})

test('a password in an address is masked where the value is shown', async () => {
  const [text] = texts(await refused({ env: { COMFY_NODES: '[https://me:hunter2@host/x' } }))

  expect(text).toContain('https://***@host/x')
})

test('a long wrong value is cut', async () => {
  const [text] = texts(await refused({ env: { COMFY_PORT: 'x'.repeat(5000) } }))
  expect(text?.length).toBeLessThan(500)
})

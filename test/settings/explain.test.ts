import { expect, test } from 'vitest'
import { Problem } from '../../src/base/problem.ts'
import { dump } from '../../src/settings/dump.ts'
import { explain } from '../../src/settings/explain.ts'
import { optionKeys } from '../../src/settings/settings.ts'
import { read } from './given.ts'

const WROTE = {
  flags: { adopt: 'link' },
  env: { PUID: '1024', HF_TOKEN_FILE: '/s', COMFY_UMASK: '2', COMFY_STOP_GRACE: '1.5', COMFY_JUPYTER: 'yes' },
  secretFiles: { '/s': 'hunter2' },
  imageFile: 'port: 8189\nshared-models: ["/a b", /c]',
  comfyArgs: ['--cpu', '--preview-method', 'auto', 'two words'],
}

test('every option is explained in the order of the table', async () => {
  const { settings, origins } = await read(WROTE)
  expect(explain(settings, origins).map((each) => each.key)).toEqual(optionKeys)
})

test.each([
  ['adopt', 'link', 'flag --adopt'],
  ['uid', '1024', 'env PUID (alias of COMFY_UID)'],
  ['hfToken', '***', 'env HF_TOKEN_FILE'],
  ['umask', '002', 'env COMFY_UMASK'],
  ['stopGraceMs', '1500ms', 'env COMFY_STOP_GRACE'],
  ['jupyter', 'on', 'env COMFY_JUPYTER'],
  ['port', '8189', 'file port in /etc/comfy-init.yaml:1'],
  ['sharedModels', "'/a b' /c", 'file shared-models in /etc/comfy-init.yaml:2'],
  ['gpu', 'off', 'ComfyUI argument --cpu'],
  ['args', "--preview-method auto 'two words'", 'ComfyUI argument command line'],
  ['logLevel', 'info', 'default'],
  ['gid', undefined, 'default'],
])('%s is explained as %s from «%s»', async (name, value, origin) => {
  const { settings, origins } = await read(WROTE)
  expect(explain(settings, origins, name)).toMatchObject([{ value, origin }])
})

test.each(['port', 'COMFY_PORT', '--port', 'comfyui_port_host', 'Port'])(
  '%s means COMFY_PORT',
  async (name) => {
    const { settings, origins } = await read({})
    expect(explain(settings, origins, name)).toMatchObject([{ env: 'COMFY_PORT' }])
  },
)

test('an unknown name is answered with the nearest', async () => {
  const { settings, origins } = await read({})
  const ask = () => explain(settings, origins, 'COMFY_PROT')

  expect(ask).toThrow(Problem)
  expect(ask).toThrow(expect.objectContaining({ details: { name: 'COMFY_PROT', near: 'COMFY_PORT' } }))
})

test('what only the environment can say has no flag', async () => {
  const { settings, origins } = await read({})
  expect(explain(settings, origins, 'COMFY_REAPER')[0]?.flag).toBeUndefined()
})

test('the dump is JSON with every option, secrets masked, nothing set as null', async () => {
  const { settings, origins } = await read(WROTE)
  const text = JSON.stringify(dump(settings, origins))

  expect(Object.keys(JSON.parse(text))).toEqual(optionKeys)
  expect(JSON.parse(text)).toMatchObject({
    hfToken: { value: '***', origin: 'env HF_TOKEN_FILE' },
    civitaiToken: { value: null, origin: 'default' },
    stopGraceMs: { value: 1500 },
    sharedModels: { value: ['/a b', '/c'] },
    jupyter: { value: true },
  })
  expect(text).not.toContain('hunter2')
})

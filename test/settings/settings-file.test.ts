import { expect, test } from 'vitest'
import { codes, read, refused, texts } from './given.ts'

test('a file holds texts, numbers, true and false, and lists', async () => {
  const { settings } = await read({
    imageFile: [
      '# what this image wants',
      'port: 8189',
      'umask: 022',
      'stop-grace: 6.5',
      'jupyter: true',
      'gpu: off',
      'shared-models: [/hot, "/a:b"]',
      'nodes:',
      '  - ComfyUI-Manager',
      'args: ["--preview-method", "auto", "two words"]',
    ].join('\n'),
  })

  expect(settings).toMatchObject({
    port: 8189,
    umask: 0o22,
    stopGraceMs: 6500,
    jupyter: true,
    gpu: 'off',
    sharedModels: ['/hot', '/a:b'],
    nodes: ['ComfyUI-Manager'],
    args: ['--preview-method', 'auto', 'two words'],
  })
})

test.each(['', '\n# nothing\n', '---\n'])(
  'a file that says nothing (%j) is no problem',
  async (imageFile) => {
    const { problems } = await read({ imageFile })
    expect(problems).toEqual([])
  },
)

test.each([
  ['port: 1\nport: 2', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:2: not valid YAML (duplicate key).'],
  ['port: 1\n\tgpu: off', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:2: not valid YAML'],
  ['port: [1', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:1: not valid YAML'],
  ['- port', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:1: not a mapping of names.'],
  ['just a text', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:1: this line is not «name: value».'],
  ['port=8188', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:1: this line is not «name: value».'],
  ['gpu: off\nport 8188', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:2: this line is not «name: value».'],
  ['gpu: off\nport 1\nlog: info', 'SETTINGS_FILE_SYNTAX', 'init.yaml:2: this line is not «name: value».'],
  ['gpu: "off', 'SETTINGS_FILE_SYNTAX', '/etc/comfy-init.yaml:1: not valid YAML (missing char).'],
  ['port: 1\nprot: 2', 'SETTINGS_FILE_KEY_UNKNOWN', '/etc/comfy-init.yaml:2: «prot» is no name'],
  ['prot: 2', 'SETTINGS_FILE_KEY_UNKNOWN', 'Did you mean «port»?'],
  ['COMFY_WORKSPACE: /x', 'SETTINGS_FILE_KEY_UNKNOWN', 'Did you mean «workspace»?'],
  ['reaper: off', 'SETTINGS_FILE_KEY_MISPLACED', 'Set COMFY_REAPER in the container’s environment instead.'],
  ['port:', 'SETTINGS_FILE_VALUE', 'the value must be one text, number, true or false'],
  ['port: {a: 1}', 'SETTINGS_FILE_VALUE', 'the value must be one text, number, true or false'],
  ['port: [1]', 'SETTINGS_FILE_VALUE', 'the value must be one text, number, true or false'],
  ['nodes: [[a]]', 'SETTINGS_FILE_VALUE', 'the value must be a text or a list of texts'],
  ['umask: 0o22', 'SETTING_INVALID', '«0o22» is wrong: it must be an octal mask'],
  ['port: 70000', 'SETTING_INVALID', 'Cannot use the value of port in /etc/comfy-init.yaml:1.'],
])('%j is refused with file and line', async (imageFile, code, text) => {
  const problems = await refused({ imageFile })

  expect(codes(problems)).toEqual([code])
  expect(texts(problems)[0]).toContain(text)
})

test.each([
  'workspace: /x',
  'home: /usr',
  'runtime: /etc',
  'uid: 0',
  'gid: 0',
  'identity: enforce',
  'reaper: off',
])('the workspace’s file cannot say «%s», the image’s can say most of it', async (line) => {
  expect(codes(await refused({ workspaceFile: line }))).toEqual(['SETTINGS_FILE_KEY_MISPLACED'])
  expect(await refused({ imageFile: line })).toHaveLength(line === 'reaper: off' ? 1 : 0)
})

test('a broken file does not show the secret in it', async () => {
  const problems = await refused({ imageFile: 'hf-token: "hunter2\nport: hunter2: x' })
  expect(texts(problems).join()).not.toContain('hunter2')
})

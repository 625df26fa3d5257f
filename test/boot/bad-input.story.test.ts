import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { RunOptions } from '../support/container.ts'
import { makeWorld, treeOf, type World } from '../support/story.ts'

const SECRETS = {
  HF_TOKEN: 'hf_S3CRETofHuggingFace',
  CIVITAI_TOKEN: 'civitai-S3CRET-token',
  COMFY_JUPYTER_TOKEN: 'jupyter-S3CRET-token',
}

type Case = {
  readonly title: string
  readonly options: (world: World) => RunOptions | Promise<RunOptions>
  readonly code: number
  readonly says: readonly (string | RegExp)[]
}

const CASES: readonly Case[] = [
  {
    title: 'a COMFY_HOME without ComfyUI',
    options: () => ({ env: { COMFY_HOME: '/opt/nothing' } }),
    code: 78,
    says: ['HOME_WITHOUT_COMFYUI', '/opt/nothing'],
  },
  {
    title: 'an image without ComfyUI',
    options: ({ box }) => {
      rmSync(`${box.layer}/opt/ComfyUI`, { recursive: true })
      return {}
    },
    code: 69,
    says: ['IMAGE_TREE_MISSING', 'COMFY_HOME'],
  },
  {
    title: 'a Python that is not there',
    options: () => ({ env: { COMFY_PYTHON: '/opt/no/python' } }),
    code: 69,
    says: ['PYTHON_MISSING', '/opt/no/python'],
  },
  {
    title: 'a port of ComfyUI that is in use',
    options: async () => ({ env: { COMFY_PORT: String(await takePort()) } }),
    code: 75,
    says: ['PORT_BUSY', 'COMFY_PORT'],
  },
  {
    title: 'a port of the status page that is in use',
    options: async () => ({ env: { COMFY_HTTP_PORT: String(await takePort()) } }),
    code: 75,
    says: ['PORT_BUSY', 'COMFY_HTTP_PORT'],
  },
  {
    title: 'a secret whose file is not there',
    options: () => ({ env: { HF_TOKEN: '', HF_TOKEN_FILE: '/run/secrets/none' } }),
    code: 78,
    says: ['SECRET_FILE_UNUSABLE', 'HF_TOKEN_FILE', '/run/secrets/none'],
  },
  {
    title: 'a secret whose file may not be read',
    options: ({ box }) => {
      writeFileSync(`${box.layer}/opt/token`, 'S3CRET\n', { mode: 0o600 })
      return { user: '1000:1000', env: { HF_TOKEN: '', HF_TOKEN_FILE: '/opt/token' } }
    },
    code: 78,
    says: ['SECRET_FILE_UNUSABLE', '/opt/token'],
  },
  {
    title: 'a secret whose file is a folder',
    options: () => ({ env: { HF_TOKEN: '', HF_TOKEN_FILE: '/opt' } }),
    code: 78,
    says: ['SECRET_FILE_UNUSABLE'],
  },
  {
    title: 'a secret that is given twice',
    options: () => ({ env: { HF_TOKEN_FILE: '/opt/token' } }),
    code: 78,
    says: ['SECRET_TWICE', 'HF_TOKEN'],
  },
  {
    title: 'a workspace in /proc',
    options: () => ({ env: { COMFY_WORKSPACE: '/proc/x' } }),
    code: 69,
    says: ['WORKSPACE_CANNOT_BE_MADE', '/proc/x'],
  },
  {
    title: 'a workspace that is mounted read-only',
    options: ({ workspace }) => ({ volumes: [{ from: workspace, at: '/workspace', readOnly: true }] }),
    code: 69,
    says: ['WORKSPACE_READ_ONLY', 'EROFS'],
  },
  {
    title: 'a workspace that is a file',
    options: ({ box }) => {
      writeFileSync(`${box.layer}/opt/file`, '')
      return { env: { COMFY_WORKSPACE: '/opt/file' } }
    },
    code: 78,
    says: ['WORKSPACE_NOT_A_FOLDER', '/opt/file'],
  },
  {
    title: 'a workspace of somebody else that nobody may write',
    options: ({ workspace }) => {
      chownSync(workspace, 0, 0)
      chmodSync(workspace, 0o755)
      return { user: '4321:4321' }
    },
    code: 69,
    says: ['WORKSPACE_NOT_WRITABLE', '4321:4321', '0:0', /0?755/],
  },
  {
    title: 'control characters and an escape sequence in a path',
    options: () => ({ env: { COMFY_WORKSPACE: '/work\nspace\x1b[31m', COMFY_INSTANCE_ID: 'a\x07b' } }),
    code: 78,
    says: ['COMFY_WORKSPACE', 'COMFY_INSTANCE_ID'],
  },
  {
    title: 'a list of arguments whose quotes do not end',
    options: () => ({ env: { COMFY_ARGS: '--a "b' } }),
    code: 78,
    says: ['SETTING_INVALID', 'COMFY_ARGS'],
  },
  {
    title: 'a JSON list of arguments that is cut off',
    options: () => ({ env: { COMFY_ARGS: '["--lowvram"' } }),
    code: 78,
    says: ['SETTING_INVALID', 'COMFY_ARGS'],
  },
  {
    title: 'a settings file that is no YAML',
    options: ({ workspace }) => {
      mkdirSync(`${workspace}/.comfy-init`)
      writeFileSync(`${workspace}/.comfy-init/settings.yaml`, 'port: 8188\nlog: [debug\n')
      return {}
    },
    code: 78,
    says: ['SETTINGS_FILE_SYNTAX', /settings\.yaml:[23]/],
  },
  {
    title: 'a settings file that may not be read',
    options: ({ workspace }) => {
      mkdirSync(`${workspace}/.comfy-init`)
      writeFileSync(`${workspace}/.comfy-init/settings.yaml`, 'port: 8188\n', { mode: 0o600 })
      return { user: '1000:1000' }
    },
    code: 78,
    says: ['SETTINGS_FILE_UNREADABLE', 'settings.yaml'],
  },
]

test.each(CASES)('$title: exit code $code, what, why and remedy, and nothing is touched', async (each) => {
  const world = await makeWorld()
  const options = await each.options(world)
  const before = treeOf(world.workspace)

  const container = await world.boot({ ...options, env: { ...SECRETS, ...options.env } })

  expect(await container.ended, container.err()).toBe(each.code)
  for (const text of each.says) expect(container.err()).toMatch(text)
  expect(container.err()).toMatch(/\bCannot .*\.[\s\S]*\bwhy\b[\s\S]*\b(do|remedy|fix)\b/)
  expectNoSecret(container.err())
  expect(container.out()).toBe('')
  expect(withoutLineEnds(container.err())).not.toMatch(/\p{Cc}/u)
  expect(treeOf(world.workspace)).toEqual(before)
})

test.each(CASES.filter(({ code }) => code === 78 || code === 75).slice(0, 4))(
  '$title: as JSON, each line is a document and the problem has its parts',
  async ({ options: optionsOf, code }) => {
    const world = await makeWorld()
    const options = await optionsOf(world)
    const env = { ...SECRETS, ...options.env, COMFY_LOG: 'json' }

    const container = await world.boot({ ...options, env, args: ['plan', '--json'] })

    expect(await container.ended).toBe(code)
    const { problems } = JSON.parse(container.out())
    expect(problems).toContainEqual({
      code: expect.stringMatching(/^[A-Z_]+$/),
      kind: expect.any(String),
      level: 'blocking',
      what: expect.stringMatching(/^Cannot .*\.$/),
      why: expect.any(String),
      remedy: expect.any(String),
    })
    expectNoSecret(container.out() + container.err())
  },
)

test('a workspace without exec works, and what cannot is said', async () => {
  const world = await makeWorld()

  const container = await world.boot({
    volumes: [{ from: world.workspace, at: '/workspace', noExec: true }],
  })
  await world.ready(container)

  const { problems, phase } = await world.status()
  expect(problems.map(({ code, level }) => `${code} ${level}`)).toContain('WORKSPACE_NOEXEC warning')
  expect(phase).toBe('ready')
})

test('an unknown command line is 64 and touches nothing', async () => {
  const world = await makeWorld()

  const container = await world.boot({ args: ['plan', '--prot', '1'] })

  expect(await container.ended).toBe(64)
  expect(container.err()).toContain('--port')
  expect(treeOf(world.workspace)).toEqual([])
})

function expectNoSecret(text: string): void {
  expect(text).not.toContain('S3CRET')
}

function withoutLineEnds(text: string): string {
  return text.replaceAll('\n', '')
}

/** A port that is listened on until the test is over. */
function takePort(): Promise<number> {
  const server = createServer()
  onTestFinished(() => void server.close())
  return new Promise((resolve) =>
    server.listen(0, '0.0.0.0', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    }),
  )
}

import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import { overlaysIn } from '../../../src/base/node-places.ts'
import { secret } from '../../../src/base/secret.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import { childEnvironment } from '../../../src/features/services/environment.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aFacts, aMount, aPython, aSettings, aWho } from '../../support/world.ts'

const PLACES: Places = {
  mode: 'move',
  reason: 'a test',
  code: '/workspace/ComfyUI',
  base: '/workspace/ComfyUI',
  customNodes: '/workspace/ComfyUI/custom_nodes',
  models: '/workspace/ComfyUI/models',
  copies: false,
  layout: layoutOf('/workspace'),
}

type World = { container?: Record<string, string>; settings?: Partial<Settings>; facts?: Partial<Facts> }

function environment({ container = {}, settings, facts }: World = {}) {
  return childEnvironment({
    container,
    settings: aSettings(settings),
    facts: aFacts(facts),
    places: PLACES,
  })
}

test('an empty environment becomes one that Python, git and the caches can live with', () => {
  expect(environment()).toEqual({
    HOME: '/workspace/.comfy-init/home',
    USER: 'comfy',
    LOGNAME: 'comfy',
    PYTHONUNBUFFERED: '1',
    VIRTUAL_ENV: '/opt/venv',
    PATH: '/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    XDG_CACHE_HOME: '/workspace/.cache',
    HF_HOME: '/workspace/.cache/huggingface',
    TORCH_HOME: '/workspace/.cache/torch',
    __COMFY_CLI_SESSION__: '/workspace/.comfy-init/comfyui',
  })
})

test('what the container was given is passed on, NODE_OPTIONS too; what is ours is not', () => {
  const env = environment({
    container: {
      NODE_OPTIONS: '--inspect',
      CUDA_VISIBLE_DEVICES: '1',
      COMFY_INIT_STAGE: '2',
      PKG_EXECPATH: '/x',
      COMFY_JUPYTER_TOKEN: 'secret',
      JUPYTER_TOKEN: 'secret',
      JUPYTER_PASSWORD_FILE: '/run/secrets/jupyter',
      HF_TOKEN_FILE: '/run/secrets/hf',
    },
  })
  expect(env).toMatchObject({ NODE_OPTIONS: '--inspect', CUDA_VISIBLE_DEVICES: '1' })
  expect(Object.keys(env).filter((name) => /JUPYTER|_FILE$|COMFY_INIT|PKG/.test(name))).toEqual([])
  expect(JSON.stringify(env)).not.toContain('secret"')
})

test('tokens that were read from files reach ComfyUI under the names that nodes know', () => {
  const env = environment({
    settings: { hfToken: secret('hf_1'), civitaiToken: secret('civ_1') },
    container: { HF_TOKEN_FILE: '/run/secrets/hf' },
  })
  expect(env).toMatchObject({ HF_TOKEN: 'hf_1', CIVITAI_TOKEN: 'civ_1' })
})

test('caches that the person placed stay where they are', () => {
  const env = environment({
    container: { HF_HOME: '/shared/hf' },
    settings: { cacheFolder: '/scratch' },
  })
  expect(env).toMatchObject({
    HF_HOME: '/shared/hf',
    TORCH_HOME: '/scratch/torch',
    XDG_CACHE_HOME: '/scratch',
  })
})

test('git settings of the container are kept, ours comes after them', () => {
  const container = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'me' }
  expect(environment({ container })).toMatchObject({
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'me',
    GIT_CONFIG_KEY_1: 'safe.directory',
    GIT_CONFIG_VALUE_1: '*',
  })
})

test('the venv comes first in PATH, once, and without a venv PATH stays as it is', () => {
  const container = { PATH: '/opt/venv/bin:/bin' }
  expect(environment({ container }).PATH).toBe('/opt/venv/bin:/bin')
  const plain = environment({ container: { PATH: '/bin' }, facts: { python: aPython({ venv: undefined }) } })
  expect([plain.PATH, plain.VIRTUAL_ENV]).toEqual(['/bin', undefined])
})

const COMFY = aWho({ passwd: { name: 'app', home: '/home/app' } })

test.each([
  ['the passwd line’s, when root was given up', COMFY, '/root', '/home/app'],
  ['the container’s own, when it is a real one', COMFY, '/data/home', '/data/home'],
  ['ours, for an id without a passwd line', aWho(), '/', '/workspace/.comfy-init/home'],
  ['root’s, for root', aWho({ target: { uid: 0, gid: 0, groups: [] } }), '/root', '/root'],
])('HOME is %s', (_, who, given, wanted) => {
  expect(environment({ container: { HOME: given }, facts: { who } }).HOME).toBe(wanted)
})

test('a home on a read-only root is none', () => {
  const mounts = [aMount({ point: '/', readOnly: true }), aMount()]
  const env = environment({ container: { HOME: '/home/app' }, facts: { who: COMFY, mounts } })
  expect(env).toMatchObject({ HOME: '/workspace/.comfy-init/home', USER: 'app' })
})

const IDENTITY = { python: '3.12', arch: 'x64', torch: undefined, cuda: undefined, image: '0' }
const OVERLAY = '/workspace/.comfy-init/packages/py312/a'
const PACKAGES: Facts['packages'] = {
  identity: IDENTITY,
  ...{ key: 'py312', sites: [], versions: new Map(), constraints: undefined, failed: undefined },
  places: overlaysIn('/workspace/.comfy-init/packages', 'py312'),
  current: {
    ...{ path: OVERLAY, python: `${OVERLAY}/bin/python` },
    record: { version: 1, identity: IDENTITY, asked: '', packages: [], nodes: {}, atMs: 0, ms: 0 },
  },
}

test('with an overlay, whatever installs packages does it there, and not over what the image holds', () => {
  expect(
    environment({ facts: { packages: PACKAGES }, container: { PATH: '/bin', UV_CACHE_DIR: '/c' } }),
  ).toMatchObject({
    VIRTUAL_ENV: OVERLAY,
    PATH: `${OVERLAY}/bin:/opt/venv/bin:/bin`,
    PIP_CONSTRAINT: `${OVERLAY}/constraints.txt`,
    UV_CONSTRAINT: `${OVERLAY}/constraints.txt`,
    PIP_CACHE_DIR: '/workspace/.comfy-init/packages/cache/pip',
    UV_CACHE_DIR: '/c',
  })
})

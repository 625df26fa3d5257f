import { readFile, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import { secret } from '../../../src/base/secret.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import { jupyterService } from '../../../src/features/services/jupyter.ts'
import { keptToken } from '../../../src/features/services/make-token.ts'
import { planServices } from '../../../src/features/services/plan.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { hostWith, keptLog } from '../../support/supervised.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { aFacts, aPython, aSettings, aWho } from '../../support/world.ts'

function placesIn(workspace: string): Places {
  const home = `${workspace}/ComfyUI`
  return {
    mode: 'move',
    reason: 'a test',
    code: home,
    base: home,
    customNodes: `${home}/custom_nodes`,
    models: `${home}/models`,
    copies: false,
    layout: layoutOf(workspace),
  }
}

const WITH_JUPYTER = {
  python: aPython({ hasJupyter: true }),
  folders: new Set(['/workspace/.comfy-init/home']),
}

function service(settings: Partial<Settings> = {}, facts: Partial<Facts> = {}, token = 'abc') {
  return jupyterService({
    settings: aSettings({ jupyter: true, ...settings }),
    facts: aFacts({ ...WITH_JUPYTER, ...facts }),
    places: placesIn('/workspace'),
    env: { HOME: '/h', __COMFY_CLI_SESSION__: '/s' },
    token: token === '' ? undefined : secret(token),
  })
}

function plan(settings: Partial<Settings> = {}, facts: Partial<Facts> = {}) {
  const all = planServices(
    aSettings({ jupyter: true, ...settings }),
    aFacts({ ...WITH_JUPYTER, ...facts }),
    placesIn('/workspace'),
  )
  return { steps: all.steps.map((step) => step.id), problems: all.problems.map((problem) => problem.code) }
}

test('its token is in the environment, never among the arguments', () => {
  const spec = service()
  expect(spec?.env).toEqual({ HOME: '/h', JUPYTER_TOKEN: 'abc' })
  expect(spec?.args.join(' ')).toBe(
    '-m jupyterlab --no-browser --ServerApp.ip=0.0.0.0 --ServerApp.port=8888 --ServerApp.port_retries=0 ' +
      '--ServerApp.root_dir=/workspace --PasswordIdentityProvider.hashed_password= ' +
      '--PasswordIdentityProvider.allow_password_change=False',
  )
})

test('it ends nothing when it ends, and is stopped by TERM', () => {
  expect(service()).toMatchObject({
    essential: false,
    stop: [{ signal: 'SIGTERM' }, { signal: 'SIGKILL' }],
    ready: { host: '127.0.0.1', port: 8888, path: '/api' },
  })
})

test('root has to be allowed', () => {
  const who = aWho({ target: { uid: 0, gid: 0, groups: [] } })
  expect(service({}, { who })?.args.at(-1)).toBe('--allow-root')
})

test('without a token, without its module, or switched off, it does not run', () => {
  expect(service({}, {}, '')).toBeUndefined()
  expect(service({}, { python: aPython({ hasJupyter: false }) })).toBeUndefined()
  expect(service({ jupyter: false })).toBeUndefined()
})

test('a token is made only when none is given or kept', () => {
  expect(plan()).toEqual({ steps: ['services/jupyter-token'], problems: [] })
  expect(plan({}, { jupyterTokenFile: 'good' })).toEqual({ steps: [], problems: [] })
  expect(plan({ jupyterToken: secret('mine') })).toEqual({ steps: [], problems: [] })
  expect(plan({ jupyter: false })).toEqual({ steps: [], problems: [] })
})

test('a token that others can read, and a missing module, are warnings', () => {
  const open = plan({}, { jupyterTokenFile: 'open-to-others' })
  expect(open).toEqual({ steps: [], problems: ['JUPYTER_TOKEN_OPEN'] })
  const missing = plan({}, { python: aPython({ hasJupyter: false }) })
  expect(missing).toEqual({ steps: [], problems: ['JUPYTER_MISSING'] })
})

test('the token is made once, 32 bytes, mode 0600', async () => {
  const places = placesIn(await tempFolder())
  const { steps } = planServices(aSettings({ jupyter: true }), aFacts(WITH_JUPYTER), places)
  const host = hostWith(keptLog())
  const results: string[] = []
  const run = async () => {
    for (const step of steps)
      results.push(`${step.id} ${await step.apply(host, () => {}, new AbortController().signal)}`)
  }

  await run()
  const made = await readFile(places.layout.jupyterTokenFile, 'utf8')
  await run()
  expect(results).toEqual([
    'services/home done',
    'services/jupyter-token done',
    'services/home not-needed',
    'services/jupyter-token not-needed',
  ])
  expect(made).toMatch(/^[\w-]{43}\n$/)
  expect((await stat(places.layout.jupyterTokenFile)).mode & 0o777).toBe(0o600)
  expect((await keptToken(host, places.layout.jupyterTokenFile))?.reveal()).toBe(made.trim())
})

test('it is stopped by TERM, then KILL, or as the person says, within the grace', () => {
  expect(service({ stopGraceMs: 10_000 })?.stop).toEqual([
    { signal: 'SIGTERM', graceMs: 8000 },
    { signal: 'SIGKILL', graceMs: 2000 },
  ])
  const jupyterStopLadder = [{ signal: 'SIGKILL', graceMs: 60_000 }] as const
  expect(service({ stopGraceMs: 10_000, jupyterStopLadder })?.stop).toEqual([
    { signal: 'SIGKILL', graceMs: 10_000 },
  ])
})

test('it has no safe mode, and the kernel chooses it before us but after ComfyUI', () => {
  const spec = service({ openFiles: 4096 })
  expect(spec?.restart.hasSafeMode).toBe(false)
  expect(spec).toMatchObject({ oomScore: 300, openFiles: 4096 })
})

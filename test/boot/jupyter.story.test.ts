import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Running, RunOptions } from '../support/container.ts'
import { freePort } from '../support/free-port.ts'
import { makeWorld, procOf, type World } from '../support/story.ts'
import { until } from '../support/until.ts'

const STAND_IN = join(import.meta.dirname, '../support/jupyter')

test('JupyterLab’s token is made once, kept to its owner, and is in no log and no argument', async () => {
  const { world, boot, ask } = await makeJupyterWorld()
  const first = await boot({ name: 'one' })
  await jupyterRuns(world, first)
  const file = `${world.workspace}/.comfy-init/jupyter-token`

  const token = readFileSync(file, 'utf8').trim()
  expect(token.length).toBeGreaterThanOrEqual(40)
  expect(statSync(file)).toMatchObject({ uid: 1000, mode: 0o100600 })
  expect(await ask('/api/status')).toBe(403)
  expect(await ask('/api/status', `wrong${token}`)).toBe(403)
  expect(await ask('/api/status', token)).toBe(200)
  expect(await ask('/api')).toBe(200)
  const jupyter = (await world.status()).services.find(({ name }) => name === 'jupyter')
  expect(procOf(first, jupyter?.pid, 'cmdline').join(' ')).not.toContain(token)
  expect(procOf(first, jupyter?.pid, 'cmdline').join(' ')).not.toContain('allow_origin')
  const comfyui = (await world.status()).services.find(({ name }) => name === 'comfyui')
  expect(procOf(first, comfyui?.pid, 'environ').join(' ')).not.toContain(token)
  first.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  const second = await boot({ name: 'two' })
  await jupyterRuns(world, second)

  expect(readFileSync(file, 'utf8').trim()).toBe(token)
  expect(await ask('/api/status', token)).toBe(200)
  const logs = await world.box.exec(second, [
    'sh',
    '-c',
    'cat /workspace/.comfy-init/logs/* /workspace/.comfy-init/*.json*',
  ])
  expect(logs.out).toContain('ServerApp')
  const everything = logs.out + first.err() + first.out() + second.err() + second.out()
  expect(everything).not.toContain(token)
})

test('a token that is given is used, and none is made', async () => {
  const { world, boot, ask } = await makeJupyterWorld()

  const container = await boot({ env: { JUPYTER_TOKEN: 'given-token-0123456789' } })
  await jupyterRuns(world, container)

  expect(await ask('/api/status', 'given-token-0123456789')).toBe(200)
  expect(await ask('/api/status')).toBe(403)
  expect(statSync(`${world.workspace}/.comfy-init/jupyter-token`, { throwIfNoEntry: false })).toBeUndefined()
})

test('a JupyterLab that keeps dying is given up; ComfyUI stays, and the container is degraded', async () => {
  const { world, boot, packages } = await makeJupyterWorld()
  writeFileSync(`${packages}/jupyterlab/__main__.py`, 'raise SystemExit(3)\n')

  const container = await boot({ env: { COMFY_RESTART_LIMIT: '2' } })
  await until(
    async () => (await world.status()).services?.some(({ state }) => state === 'gave-up'),
    'it to give up',
  )
  await world.ready(container)

  const { phase, services, problems } = await world.status()
  expect(services.find(({ name }) => name === 'comfyui')).toMatchObject({ state: 'running', restarts: 0 })
  expect(problems.map(({ code, level }) => `${code} ${level}`)).toContain('SERVICE_GAVE_UP warning')
  expect(phase).toBe('degraded')
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('a Python without JupyterLab is said, and ComfyUI runs', async () => {
  const world = await makeWorld()

  const container = await world.boot({
    env: { COMFY_JUPYTER: 'on', COMFY_JUPYTER_PORT: String(await freePort()) },
  })
  await world.ready(container)

  const { services, problems } = await world.status()
  expect(services.map(({ name }) => name)).toEqual(['comfyui'])
  expect(problems.map(({ code }) => code)).toContain('JUPYTER_MISSING')
})

/** A world whose Python has JupyterLab: a virtual environment, as an image has one. */
async function makeJupyterWorld() {
  const world = await makeWorld()
  let port = 0
  const venv = `${world.box.layer}/opt/venv`
  const version = execFileSync('/usr/bin/python3', [
    '-c',
    'import sys; print("%d.%d" % sys.version_info[:2])',
  ])
  const packages = `${venv}/lib/python${String(version).trim()}/site-packages`
  cpSync(STAND_IN, packages, { recursive: true })
  mkdirSync(`${venv}/bin`)
  symlinkSync('/usr/bin/python3', `${venv}/bin/python`)
  writeFileSync(`${venv}/pyvenv.cfg`, `home = /usr/bin\nversion = ${String(version).trim()}.0\n`)
  const boot = async (options: RunOptions) => {
    port = await freePort()
    const env = {
      COMFY_JUPYTER: 'on',
      COMFY_JUPYTER_PORT: String(port),
      COMFY_PYTHON: '/opt/venv/bin/python',
    }
    return world.boot({ ...options, env: { ...env, ...options.env } })
  }
  const ask = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `token ${token}` }
    return (await fetch(`http://127.0.0.1:${port}${path}`, { headers, redirect: 'manual' })).status
  }
  return { world, boot, ask, packages }
}

async function jupyterRuns(world: World, container: Running): Promise<void> {
  await world.ready(container)
  const states = async () => (await world.status()).services.map(({ state }) => state)
  await until(async () => (await states()).every((state) => state === 'running'), 'JupyterLab to run')
}

import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import { comfyuiService } from '../../../src/features/services/comfyui.ts'
import { childEnvironment } from '../../../src/features/services/environment.ts'
import { freePort } from '../../support/free-port.ts'
import { supervise } from '../../support/supervised.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'
import { aFacts, anImage, aPython, aSettings } from '../../support/world.ts'

async function aComfyui(container: Record<string, string> = {}) {
  const folder = await tempFolder()
  const code = `${folder}/image/ComfyUI`
  const workspace = `${folder}/workspace`
  await cp(join(import.meta.dirname, '../../support/comfyui'), code, { recursive: true })
  for (const name of ['custom_nodes', 'user', '.comfy-init'])
    await mkdir(`${workspace}/${name}`, { recursive: true })
  const places: Places = {
    mode: 'link',
    reason: 'a test',
    code,
    base: workspace,
    customNodes: `${workspace}/custom_nodes`,
    models: `${workspace}/models`,
    copies: false,
    layout: layoutOf(workspace),
  }
  const settings = aSettings({ workspace, listen: '127.0.0.1', port: await freePort() })
  const facts: Facts = aFacts({
    image: anImage({ path: code }),
    python: aPython({ path: 'python3', venv: undefined }),
  })
  const env = childEnvironment({
    container: { PATH: process.env.PATH, ...container },
    settings,
    facts,
    places,
  })
  return { ...comfyuiService({ settings, facts, places, env }), port: settings.port }
}

test('ComfyUI is started, becomes ready, and is stopped by INT with exit code 0', async () => {
  const { spec, problems } = await aComfyui()
  const { supervisor, states, log } = supervise(spec)
  await until(() => supervisor.states()[0]?.ready, 'ComfyUI to answer')

  expect(await supervisor.stopAll(8000)).toBe(true)
  expect(states()).toEqual(['starting', 'running', 'stopping', 'stopped'])
  expect(supervisor.states()[0]?.lastEnding).toEqual({ code: 0, signal: null })
  expect(problems).toEqual([])
  expect(log.text()).toContain('[comfyui] ')
  expect(await readFile(spec.logFile, 'utf8')).not.toContain('[comfyui]')
})

test('a restart from ComfyUI-Manager is no crash', async () => {
  const { spec, port } = await aComfyui()
  const { supervisor, states } = supervise({ ...spec, args: [...spec.args, '--enable-manager'] })
  await until(() => supervisor.states()[0]?.ready, 'the first run')
  await fetch(`http://127.0.0.1:${port}/v2/manager/reboot`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  }).catch(() => undefined)
  await until(() => supervisor.states()[0]?.ready && supervisor.states()[0]?.restarts === 1, 'the second run')
  expect(states()).toEqual(['starting', 'running', 'starting', 'running'])
})

test('a ComfyUI that crashes once it runs is tried again, and its code is kept', async () => {
  const { spec } = await aComfyui({ STANDIN_EXIT: '7@ready' })
  const restart = { ...spec.restart, limit: 2, firstDelayMs: 1 }
  expect(await supervise({ ...spec, restart }).supervisor.ended).toMatchObject({
    code: 7,
    service: 'comfyui',
  })
})

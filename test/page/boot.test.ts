import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Running, RunOptions } from '../support/container.ts'
import { enlargeTree, makeWorld, type World } from '../support/story.ts'
import { until } from '../support/until.ts'
import { type Screen, useBrowser, type Visit } from './browser.ts'

const { visit } = useBrowser()

test('a first boot is followed from the copy to ComfyUI itself', async () => {
  const world = await makeWorld()
  enlargeTree(`${world.box.layer}/opt/ComfyUI`, 40)
  const { container, seen } = await boot(world, { env: { STANDIN_IMPORT_S: '1.5' } })
  await until(async () => (await world.status()).step?.percent !== undefined, 'the copy to be under way')
  container.kill('SIGTSTP')
  await seen.sees('#steps .working', 'paused (SIGCONT goes on)')
  expect(await seen.text('#steps .working .time')).toMatch(/^\d\d? %$/)
  expect(await seen.text('h1')).toBe('The workspace is being prepared')
  expect(await seen.barriers()).toEqual([])

  container.kill('SIGCONT')
  await until(async () => !(await seen.text('#steps')).includes('paused'), 'the copy to go on')
  // The copy of a slow day is in the middle then; a quick one may be over.
  const percent = () => seen.look('document.querySelector("progress")?.value ?? 100')
  await until(async () => Number(await percent()) > 20, 'the copy to get on')
  await seen.picture('starting')
  await seen.sees('h1', 'ComfyUI is starting')
  expect(await seen.text('#now')).toContain('It loads its nodes')
  await seen.sees('#lines', 'setup plugin')
  await seen.sees('h1', 'ComfyUI is ready')

  await seen.sees('#services', 'running')
  expect(await seen.text('#steps-count')).toMatch(/^(\d+) of \1, /)
  await seen.sees('#lines', 'To see the GUI go to')
  await seen.picture('ready')
  expect(await seen.barriers()).toEqual([])
  expect(seen.complaints).toEqual([])
  await seen.page.click('#open')
  await until(() => seen.page.url() === `http://127.0.0.1:${world.port}/`, 'ComfyUI')
})

test('on a phone, in the dark, a node that cannot be had is told with its remedy', async () => {
  const world = await makeWorld()
  const env = { COMFY_NODES: 'file:///repositories/Absent' }
  const { seen } = await boot(world, { env }, { width: 360, height: 780, scheme: 'dark' })

  await seen.sees('h1', 'ComfyUI is ready, but something is missing')
  await seen.sees('#problems', 'Cannot get the node Absent')
  expect(await seen.text('#problems .remedy')).toContain('Copy')
  expect(await seen.look('document.documentElement.scrollWidth')).toBe(360)
  await seen.picture('phone')
  expect(await seen.barriers()).toEqual([])
  expect(seen.complaints).toEqual([])
})

test('a crash loop is told with its cause, ends in safe mode, and the page leads out of it', async () => {
  const world = await makeWorld()
  // On trial the node would be found before it crashes anything.
  const env = {
    COMFY_RESTART_LIMIT: '2',
    COMFY_NODE_CHECK: 'off',
    COMFY_TOKEN: 'open sesame, said twice',
  }
  const node = `${world.box.layer}/opt/ComfyUI/custom_nodes/fancy`
  mkdirSync(node)
  // No Exception, so that ComfyUI does not merely leave the node out.
  writeFileSync(`${node}/__init__.py`, 'raise GeneratorExit("fancy needs a card")\n')
  const { seen } = await boot(world, { env })

  await seen.sees('#services', 'waits for its next try')
  await seen.sees('#deaths', 'fancy')
  await seen.sees('h1', 'ComfyUI is ready, in safe mode')
  expect(await seen.text('#conditions')).toContain('without its custom nodes')
  expect(await seen.text('#conditions .remedy')).toContain('comfy-init restart comfyui')
  expect(await seen.text('#services')).toContain('safe mode · 2 restarts · pid ')
  expect(await seen.text('#deaths .remedy')).toContain('Copy')
  await seen.picture('crash-loop')
  await seen.page.click('#deaths summary')
  expect(await seen.text('#deaths pre')).toContain('GeneratorExit: fancy needs a card')
  expect(await seen.barriers()).toEqual([])

  rmSync(`${world.workspace}/ComfyUI/custom_nodes/fancy`, { recursive: true })
  seen.page.on('dialog', (dialog) => void dialog.accept())
  await seen.page.click('#doing summary')
  await seen.page.type('#token', 'open sesame, said twice')
  await seen.page.keyboard.press('Enter')
  await seen.page.waitForSelector('[aria-label="Restart ComfyUI"]')
  await seen.page.click('[aria-label="Restart ComfyUI"]')

  await until(async () => (await seen.text('h1')) === 'ComfyUI is ready', 'ComfyUI with all its nodes')
  expect(await seen.text('#conditions')).toBe('')
  expect(seen.complaints).toEqual([])
})

test('when the container ends the page says so, and goes on with the next one', async () => {
  const world = await makeWorld()
  const { container, seen } = await boot(world, { name: 'one' })
  await seen.sees('h1', 'ComfyUI is ready')

  container.kill('SIGTERM')
  await seen.sees('h1', 'comfy-init does not answer')
  expect(await container.ended).toBe(0)
  await world.boot({ name: 'one' })

  await seen.sees('h1', 'ComfyUI is ready')
})

/** Boots, and opens the page as soon as anybody answers. */
async function boot(
  world: World,
  options: RunOptions,
  screen: Screen = {},
): Promise<{ readonly container: Running; readonly seen: Visit }> {
  const container = await world.boot(options)
  await until(() => world.get('/health'), '/health to answer')
  return { container, seen: await visit(`http://127.0.0.1:${world.httpPort}/`, screen) }
}

import { beforeEach, expect, test } from 'vitest'
import { slowPrompt } from '../support/queue-nodes.ts'
import { until } from '../support/until.ts'
import { type Container, PATIENCE_MS, startContainer } from './container.ts'
import { need, PLAN } from './plan.ts'
import { workspaceFolder } from './volumes.ts'

/** Exit codes of a stop that was heard; an engine that had to kill says 137. */
const STOPPED = [0, 143]

beforeEach(need('cpu'))

async function boot(env: Readonly<Record<string, string>> = {}): Promise<Container> {
  return startContainer({ volumes: [`${await workspaceFolder()}:/workspace`], env })
}

test('it stops while it boots', async () => {
  const container = await boot()

  expect(STOPPED).toContain(await container.stop())
})

test('it stops while ComfyUI is still loading', async ({ skip }) => {
  skip(!PLAN.standIn, 'only the stand-in can be told to load slowly')
  const container = await boot({ STANDIN_IMPORT_S: '100' })
  await until(
    async () => /comfyui +starting, pid/.test(await container.log()),
    'ComfyUI to be started',
    PATIENCE_MS,
  )

  expect(await container.stop()).toBe(0)
})

test('it stops while it is idle', async () => {
  const container = await boot()
  await container.ready()

  expect(await container.stop()).toBe(0)
})

test('it stops while a prompt runs', async ({ skip }) => {
  skip(!PLAN.standIn, 'only the stand-in has a node that takes long without a model')
  const container = await boot()
  await container.ready()
  const body = JSON.stringify({ prompt: slowPrompt(600, 'long') })
  await fetch(`http://127.0.0.1:${container.port}/prompt`, { method: 'POST', body })
  await until(
    async () => {
      const queue = (await (await container.get('/queue', container.port))?.json()) as Queue | undefined
      return queue?.queue_running.length === 1
    },
    'the prompt to run',
    PATIENCE_MS,
  )

  expect(STOPPED).toContain(await container.stop())
})

type Queue = { readonly queue_running: readonly unknown[] }

test('a ComfyUI that hears no signal does not hold the container up', async ({ skip }) => {
  skip(!PLAN.standIn, 'only the stand-in can be told to be deaf')
  const container = await boot({ STANDIN_IGNORE_INT: '1', STANDIN_IGNORE_TERM: '1' })
  await container.ready()

  expect(await container.stop()).toBe(137)
  expect(await container.log()).toMatch(/killing, pid \d+[\s\S]*ComfyUI has stopped/)
})

test('orphans that ComfyUI leaves behind do not stay as zombies', async ({ skip }) => {
  skip(!PLAN.standIn, 'only the stand-in can be told to leave orphans')
  const container = await boot({ STANDIN_ORPHANS: '200' })
  await container.ready()

  const count = 'cat /proc/[0-9]*/stat 2>/dev/null | grep -c ") Z " || true'
  await until(
    async () => (await container.exec('sh', '-c', count)).out.trim() === '0',
    'no zombie to be left',
  )
})

test('PID 1 is an init, and comfy-init its child', async () => {
  const container = await boot()
  await container.ready()

  const first = await container.exec('cat', '/proc/1/comm')

  expect(first.out.trim()).toBe('tini')
})

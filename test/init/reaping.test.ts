import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { realHost } from '../../src/host/host.ts'
import { makeBox } from '../support/container.ts'
import { commandOf, stateIn, textOf } from '../support/proc.ts'
import { makeWorld, zombiesOf } from '../support/story.ts'
import { until } from '../support/until.ts'
import { ours, processesOf } from './processes.ts'
import { give } from './stub.ts'

/** Makes orphans as fast as it can until it is ended. */
const STORM = 'while :; do (true &); done'

test('below a PID 1 that reaps nothing the program starts, and doctor names it and counts the zombies', async () => {
  const box = await makeBox()
  const running = await box.run({
    before: ['python3', give(box, 'no-reaper.py')],
    args: ['doctor'],
  })
  await running.ended

  expect(running.out()).toMatch(/PID 1 +python3[\d.]*, 3 zombies/)
})

test.each([
  ['tini', ['/usr/bin/tini', '--']],
  ['a shell', ['sh', '-c', '"$@"; exit $?', 'sh']],
  ['a program that reaps nothing', ['python3', 'no-reaper.py']],
])('below %s as PID 1 it boots as ever: no second init, no word about it', async (_, above) => {
  const world = await makeWorld()
  const path = give(world.box, 'no-reaper.py')
  const before = above.map((word) => (word === 'no-reaper.py' ? path : word))

  const container = await world.boot({ before, init: true })
  await world.ready(container)

  const inits = processesOf(container).filter(({ program }) => /\/(tini|catatonit|dumb-init)/.test(program))
  expect(inits.map(({ pid }) => pid)).toEqual(above[0]?.endsWith('tini') ? [1] : [])
  expect(ours(container)).toHaveLength(1)
  expect(container.err()).not.toMatch(/\[\w+ +tini|PID 1|COMFY_REAPER/)
})

test('orphans by the hundred change nothing for the services, whether they run, restart or stop', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)
  const before = (await world.status()).services[0]?.pid

  const storm = world.box.exec(container, ['sh', '-c', `${STORM} & sleep 1; kill $!`])
  expect((await world.ask(container, 'restart', 'comfyui')).code).toBe(0)
  await storm
  await world.ready(container)
  await until(() => zombiesOf(container) === 0, 'no zombies')
  expect((await world.status()).services).toMatchObject([{ name: 'comfyui', state: 'running', restarts: 1 }])
  expect((await world.status()).services[0]?.pid).not.toBe(before)

  void world.box.exec(container, ['sh', '-c', STORM])
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test.each([
  ['as PID 1', ['unshare', '--pid', '--mount-proc', '--fork', '--kill-child']],
  ['below another init', []],
])('%s, 200 ends in a storm of orphans are all seen at once, each as what it was', async (_, above) => {
  const box = await makeBox()
  const program = '/usr/local/bin/comfy-init'
  const running = await box.run({
    args: ['python3', give(box, 'many-endings.py'), '200', ...above, program, 'exec', '--'],
  })
  await running.ended

  expect(running.out() + running.err()).toBe('200 endings, wrong: none\n')
})

test('hundreds of helper programs that are cut short leave no zombie', async () => {
  const { exec } = realHost()
  const zombies = () => childrenOf(process.pid).filter((pid) => stateIn(`/proc/${pid}/stat`) === 'Z')
  const cut = async () => {
    const stopping = new AbortController()
    const run = exec.run({
      file: 'sleep',
      args: ['60'],
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      timeoutMs: 60_000,
      signal: stopping.signal,
    })
    setImmediate(() => stopping.abort())
    return run
  }

  for (let batch = 0; batch < 15; batch++) await Promise.all(Array.from({ length: 20 }, cut))

  await until(() => zombies().length === 0, 'no zombies')
  expect(childrenOf(process.pid).filter((pid) => commandOf(pid) === 'sleep')).toEqual([])
})

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    textOf(`/proc/${pid}/task/${task}/children`).trim().split(' ').filter(Boolean).map(Number),
  )
}

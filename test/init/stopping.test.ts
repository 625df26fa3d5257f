import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { sources } from '../rules/source.ts'
import { makeBox, type Running } from '../support/container.ts'
import { makeWorld, type World } from '../support/story.ts'
import { until, within } from '../support/until.ts'
import { living, ours, processesOf } from './processes.ts'
import { give, giveText, stubWorld } from './stub.ts'
import { startedAs, WAYS } from './ways.ts'

/** Default of COMFY_STOP_GRACE, milliseconds. */
const GRACE_MS = 8000

/** What a stop may come upon: how to boot so, and how to know that it is so. */
const MOMENTS: Readonly<Record<string, Moment>> = {
  'while a node is fetched from somebody who never answers': {
    env: async () => ({ COMFY_NODES: `http://127.0.0.1:${await silentPort()}/node.git` }),
    reached: (_, container) => living(container, /^git.*clone|git-remote-http/).length > 0,
    code: 143,
  },
  'while nodes are imported on trial': {
    env: async () => ({ STANDIN_IMPORT_S: '60' }),
    reached: (_, container) => living(container, /--quick-test-for-ci/).length > 0,
    code: 143,
  },
  'while ComfyUI imports its modules': {
    env: async () => ({ STANDIN_IMPORT_S: '60', COMFY_NODE_CHECK: 'off' }),
    reached: async (world) => (await world.get('/ready'))?.text.includes('comfyui') === true,
    code: 0,
  },
  'while ComfyUI runs': {
    env: async () => ({}),
    reached: async (world) => (await world.get('/ready'))?.status === 200,
    code: 0,
  },
  'while a dead ComfyUI waits for its next start': {
    env: async () => ({ STANDIN_EXIT: '7@ready' }),
    reached: async (world) => (await world.status()).services?.[0]?.state === 'backoff',
    code: 0,
  },
}

type Moment = {
  readonly env: () => Promise<Readonly<Record<string, string>>>
  readonly reached: (world: World, container: Running) => boolean | Promise<boolean>
  readonly code: number
}

const CASES = WAYS.flatMap((way) => Object.keys(MOMENTS).map((moment) => [way, moment] as const))

test.each(CASES)('%s, TERM %s ends it within its grace', async (way, moment) => {
  const world = await makeWorld()
  const { env, reached, code } = MOMENTS[moment] as Moment
  const container = await world.boot({ ...startedAs(way), env: await env() })
  const isOver = await Promise.race([
    container.ended,
    until(
      () => reached(world, container),
      () => `the moment ${moment}`,
    ),
  ])
  expect(isOver, `${moment}; it says: ${container.err()}`).toBe(true)

  container.kill('SIGTERM')

  expect(await within(GRACE_MS, container.ended)).toBe(code)
})

test('nothing but the hand-over to an init waits for a program with the whole process', () => {
  const waiting = sources('src').filter(({ text }) => /\b(spawnSync|execSync|execFileSync)\b/.test(text))

  expect(waiting.map(({ path }) => path).filter((path) => !path.startsWith('src/host/reaper'))).toEqual([])
})

test('what a stopped service left in its group ends with it, deaf or not', async () => {
  const { world, env } = await stubWorld('deaf-member')
  const container = await world.boot({ env: { ...env, COMFY_STOP_GRACE: '1s' } })
  await world.ready(container)
  const { pid: group } = (await world.status()).services[0] ?? {}
  const members = () => processesOf(container).filter((each) => each.group === group && each.state !== 'Z')
  expect(members()).toHaveLength(2)

  expect(await world.ask(container, 'stop', 'comfyui')).toMatchObject({ code: 0 })

  expect(members()).toEqual([])
})

test.each(WAYS)('%s, a member of the group is given time to tidy up after its leader ended', async (way) => {
  const { world, env } = await stubWorld('tidy-member')
  const container = await world.boot({ ...startedAs(way), env })
  await world.ready(container)

  container.kill('SIGTERM')

  expect(await container.ended).toBe(0)
  expect(existsSync(`${world.workspace}/tidied`)).toBe(true)
})

test('a killed leader whose child holds its port is started again on that port', async () => {
  const { world, env } = await stubWorld('holds-port')
  const container = await world.boot({ env })
  await world.ready(container)
  const before = (await world.status()).services[0]?.pid
  const member = Number(/member (\d+)/.exec(container.out())?.[1])

  await world.box.exec(container, ['kill', '-KILL', String(before)])
  await until(async () => {
    const [now] = (await world.status()).services ?? []
    return now?.state === 'running' && now.pid !== before
  }, 'the next one to run')

  expect(processesOf(container).map(({ pid }) => pid)).not.toContain(member)
  expect(living(container, /stub-python.py/)).toHaveLength(2)
  expect((await world.status()).services).toMatchObject([{ restarts: 1 }])
})

test('below another init nobody is ended who is not of a service', async () => {
  const { world, env } = await stubWorld('answers')
  const line = 'sleep 300 & other=$!; "$@"; kill -0 $other && echo lives; exit 0'
  const container = await world.boot({ env, init: true, before: ['sh', '-c', line, 'sh'] })
  await world.ready(container)
  const [program] = ours(container)
  if (program === undefined) throw new Error('comfy-init has no process')

  process.kill(program.hostPid, 'SIGTERM')

  expect(await container.ended).toBe(0)
  expect(container.out()).toMatch(/^lives$/m)
})

test.each(WAYS)('%s, signals during a stop are one stop, which goes on', async (way) => {
  const { world, env } = await stubWorld('slow')
  const container = await world.boot({ ...startedAs(way), env })
  await world.ready(container)

  container.kill('SIGTERM')
  await until(() => container.err().includes('ComfyUI is being stopped.'), 'the stop to begin')
  for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGWINCH'] as const) container.kill(signal)

  expect(await container.ended).toBe(0)
  expect(container.err().match(/ComfyUI is being stopped\./g)).toHaveLength(1)
})

test('HUP below another init changes nothing', async () => {
  const world = await makeWorld()
  const container = await world.boot(startedAs('below another init'))
  await world.ready(container)
  const before = await world.status()

  for (const { hostPid } of ours(container)) process.kill(hostPid, 'SIGHUP')
  for (let look = 0; look < 3; look++) expect((await world.ask(container, 'status', '--json')).code).toBe(0)

  expect(await world.status()).toEqual(before)
})

test.each([
  ['as PID 1', ['unshare', '--pid', '--mount-proc', '--fork', '--kill-child']],
  ['below another init', []],
])('%s, a hundred starts on a terminal end in order, none by a hang-up', async (_, above) => {
  const box = await makeBox()
  const command = [...above, '/usr/local/bin/comfy-init', 'sh', '-c', 'echo up']
  const running = await box.run({ args: ['python3', give(box, 'on-terminals.py'), '100', ...command] })
  await running.ended

  expect(running.out()).toBe('100\n')
})

test.each(WAYS)('%s, TERM reaches a program that bash was asked to run', async (way) => {
  const trap = `import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
print('up', flush=True)
while True: time.sleep(1)`
  const box = await makeBox()
  const running = await box.run({
    ...startedAs(way),
    env: { PROGRAM: trap },
    args: ['bash', '-c', 'python3 -c "$PROGRAM"'],
  })
  await until(() => running.out() === 'up\n', 'the program')

  running.kill('SIGTERM')

  expect(await running.ended).toBe(9)
})

test.each(WAYS)('%s, a service behind a bash wrapper is stopped by the signal it knows', async (way) => {
  const { world, env } = await stubWorld('tidy-member')
  const wrapper = `#!/bin/bash\n${env.COMFY_PYTHON} "$@"\necho "the wrapper saw $?"\n`
  const python = giveText(world.box, 'wrapper', wrapper)
  const container = await world.boot({ ...startedAs(way), env: { ...env, COMFY_PYTHON: python } })
  await world.ready(container)

  container.kill('SIGTERM')

  await container.ended
  expect(existsSync(`${world.workspace}/tidied`)).toBe(true)
})

/** A port where connections are taken and nothing is ever said. */
function silentPort(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}))
  onTestFinished(() => void server.close())
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Running, RunOptions } from '../support/container.ts'
import { makeWorld, procOf, type World } from '../support/story.ts'
import { until } from '../support/until.ts'

const NODES = 'opt/ComfyUI/custom_nodes'

/** A custom node that does something when ComfyUI imports it. */
function addNode(folder: string, lines: readonly string[]): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/__init__.py`, [...lines, 'NODE_CLASS_MAPPINGS = {}', ''].join('\n'))
}

/** Ends ComfyUI as a crash would, until somebody mends it. */
const BREAKER = ['import os', 'if not os.path.exists("/workspace/mended"):', '    os._exit(9)']

/** The same, but only where ComfyUI is to be used: no trial shows it. */
const BREAKER_IN_USE = [
  'import os, sys',
  'if "--quick-test-for-ci" not in sys.argv and not os.path.exists("/workspace/mended"):',
  '    os._exit(9)',
]

/** Starts a container until it is ready, and stops it; with what it said. */
async function bootOnce(world: World, options: RunOptions): Promise<string> {
  const running = await world.boot(options)
  await world.ready(running)
  running.kill('SIGTERM')
  expect(await running.ended).toBe(0)
  return running.err()
}

/** The arguments of the ComfyUI that runs; empty while none does. */
async function flagsOf(world: World, running: Running): Promise<string> {
  const { services } = await world.status()
  const found = services[0]?.state === 'running' ? services[0].pid : undefined
  try {
    return procOf(running, found, 'cmdline').join(' ')
  } catch {
    return ''
  }
}

function untilUsual(world: World, running: Running): Promise<unknown> {
  const isUsual = (flags: string) => flags.includes('main.py') && !flags.includes('--disable-all')
  return until(async () => isUsual(await flagsOf(world, running)), 'the usual start')
}

test('a node that crashes ComfyUI leads to safe mode, which a restart leaves once the node is mended', async () => {
  const world = await makeWorld()
  addNode(`${world.box.layer}/${NODES}/breaker`, BREAKER_IN_USE)
  const container = await world.boot({ env: { COMFY_RESTART_LIMIT: '2' } })

  await world.ready(container)

  expect(await flagsOf(world, container)).toMatch(/--disable-all-custom-nodes$/)
  expect(container.err()).toContain('exit code 9; death 2 of 2 within 10 min; started in safe mode')
  expect(container.err()).toContain('«comfy-init restart comfyui»')
  writeFileSync(`${world.workspace}/mended`, '')
  expect((await world.ask(container, 'restart', 'comfyui')).code).toBe(0)
  await untilUsual(world, container)
  await world.ready(container)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

/** Somebody's file came into the image's tree after the container was made: it stays, and the tree with it. */
const HELD = ['sh', '-c', 'echo mine > /opt/ComfyUI/mine; exec "$@"', 'sh']

test.each<[string, RunOptions]>([
  ['in the same container', { name: 'one' }],
  ['in a new one, and where the image’s tree cannot become a link', { name: 'two', before: HELD }],
])('a node with which ComfyUI cannot start is left out from the next start on, %s', async (_, options) => {
  const world = await makeWorld()
  const env = { COMFY_RESTART_LIMIT: '1' }
  await bootOnce(world, { env, name: 'one' })
  addNode(`${world.workspace}/ComfyUI/custom_nodes/breaker`, BREAKER)

  for (const time of ['found', 'known']) {
    const said = await bootOnce(world, { ...options, env })
    expect(said, time).toContain('Cannot start ComfyUI with the custom node breaker.')
    expect(said, time).not.toContain('death 1 of 1')
  }
})

test('with newest, only the node that changed last is left out where a trial shows none', async () => {
  const world = await makeWorld()
  const env = { COMFY_RESTART_LIMIT: '1', COMFY_SAFE_MODE: 'newest' }
  await bootOnce(world, { env, name: 'one' })
  addNode(`${world.workspace}/ComfyUI/custom_nodes/breaker`, BREAKER_IN_USE)

  const second = await world.boot({ env, name: 'one' })
  await world.ready(second)

  expect(await flagsOf(world, second)).toMatch(
    /--disable-all-custom-nodes --whitelist-custom-nodes .*stripes/,
  )
  expect(await flagsOf(world, second)).not.toContain('breaker')
  expect(second.err()).toContain('without the custom node breaker, which changed last')
})

test('with newest, a node that breaks ComfyUI without a change of its own is found on trial, and a restart brings it back', async () => {
  const world = await makeWorld()
  const env = { COMFY_RESTART_LIMIT: '1', COMFY_SAFE_MODE: 'newest' }
  writeFileSync(`${world.workspace}/mended`, '')
  addNode(`${world.box.layer}/${NODES}/breaker`, BREAKER)
  await bootOnce(world, { env, name: 'one' })
  rmSync(`${world.workspace}/mended`)

  const second = await world.boot({ env, name: 'one' })
  await world.ready(second)

  expect(await flagsOf(world, second)).toMatch(
    /--disable-all-custom-nodes --whitelist-custom-nodes .*stripes/,
  )
  expect(await flagsOf(world, second)).not.toContain('breaker')
  expect(second.err()).toContain('without the custom node breaker, which keeps ComfyUI from starting')
  writeFileSync(`${world.workspace}/mended`, '')
  expect((await world.ask(second, 'restart', 'comfyui')).code).toBe(0)
  await untilUsual(world, second)
})

test('a ComfyUI that crashes in safe mode too ends the container with its code', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { STANDIN_EXIT: '7@ready', COMFY_RESTART_LIMIT: '2' } })

  expect(await container.ended).toBe(7)
  expect(container.err()).toContain('exit code 7, in safe mode too')
})

/** Leaves a process in a session of its own, which tidies up at TERM. */
const STRAYER = [
  'import subprocess',
  'subprocess.Popen(["sh", "-c", "trap \'echo > /workspace/tidied; exit\' TERM; echo > /workspace/strayed; while :; do sleep 0.01; done"], start_new_session=True)',
]

test.each([
  ['as PID 1', {}],
  ['under an init of the image', { before: ['/usr/bin/tini', '--'], init: true }],
])(
  '%s: what left ComfyUI’s group is asked to end, and who came in from outside is not',
  async (_, options) => {
    const world = await makeWorld()
    addNode(`${world.box.layer}/${NODES}/strayer`, STRAYER)
    const container = await world.boot(options)
    await world.ready(container)
    const visitor =
      'trap "echo > /workspace/disturbed" TERM; echo > /workspace/visited; while :; do sleep 0.01; done'
    void world.box.exec(container, ['sh', '-c', visitor])
    for (const name of ['strayed', 'visited'])
      await until(() => existsSync(`${world.workspace}/${name}`), `${name} to be there`)

    container.kill('SIGTERM')

    expect(await container.ended).toBe(0)
    expect(existsSync(`${world.workspace}/tidied`)).toBe(true)
    expect(existsSync(`${world.workspace}/disturbed`)).toBe(false)
  },
)

test('below a PID 1 that is not ours alone, what left its group is not touched', async () => {
  const world = await makeWorld()
  addNode(`${world.box.layer}/${NODES}/strayer`, STRAYER)
  const line = '"$@"; code=$?; ls /workspace > /workspace/seen; exit $code'
  const container = await world.boot({ before: ['sh', '-c', `sh -c '${line}' sh "$@"; exit $?`, 'sh'] })
  await world.ready(container)
  await until(() => existsSync(`${world.workspace}/strayed`), 'the stray')

  const inner = readdirSync(`/proc/${container.pid}/root/proc`).filter((name) => /^\d+$/.test(name))
  const ours = inner.find((pid) => commandOf(container.pid, pid).startsWith('/usr/local/bin/comfy-init'))
  await world.box.exec(container, ['kill', '-TERM', ours ?? ''])
  await container.ended

  expect(readFileSync(`${world.workspace}/seen`, 'utf8')).not.toContain('tidied')
})

function commandOf(container: number, pid: string): string {
  try {
    return readFileSync(`/proc/${container}/root/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** The soft limit of a process of the container, as its /proc says. */
function softLimitOf(container: number, pid: number | undefined): number {
  const text = readFileSync(`/proc/${container}/root/proc/${pid}/limits`, 'utf8')
  return Number(/^Max open files\s+(\d+)/m.exec(text)?.[1])
}

test('under an init that is not ours, ComfyUI has the container’s own limit of open files', async () => {
  const world = await makeWorld()
  const before = ['sh', '-c', 'ulimit -Sn 1234; exec /usr/bin/tini -- "$@"', 'sh']
  const container = await world.boot({ before, init: true })
  await world.ready(container)

  const { services } = await world.status()
  expect(softLimitOf(container.pid, services[0]?.pid)).toBe(1234)
})

test('as PID 1 the limit is 65536 or the hard one, or what was set; ComfyUI goes first when memory is short', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { COMFY_OPEN_FILES: '2345' } })
  await world.ready(container)

  const { services } = await world.status()
  expect(softLimitOf(container.pid, services[0]?.pid)).toBe(2345)
  const score = (pid: number | undefined) =>
    Number(readFileSync(`/proc/${container.pid}/root/proc/${pid}/oom_score_adj`, 'utf8'))
  expect(score(services[0]?.pid)).toBe(Math.min(1000, score(1) + 500))
})

test('a program that is passed through has the container’s own limit of open files', async () => {
  const world = await makeWorld()
  const line = 'ulimit -Sn; ulimit -Hn'
  const below = ['sh', '-c', 'ulimit -Sn 1234; exec /usr/bin/tini -- "$@"', 'sh']
  const alone = await world.box.run({ args: ['sh', '-c', line], name: 'one' })
  const under = await world.box.run({ args: ['sh', '-c', line], before: below, init: true, name: 'two' })
  await Promise.all([alone.ended, under.ended])

  const [soft = 0, hard = 0] = alone.out().split('\n').map(Number)
  expect(soft).toBe(Math.min(65_536, hard))
  expect(under.out()).toBe(`1234\n${hard}\n`)
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Running } from '../support/container.ts'
import { enlargeTree, makeWorld, zombiesOf } from '../support/story.ts'
import { until } from '../support/until.ts'

test('HUP, USR1, USR2, PIPE and WINCH to PID 1 change nothing', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)
  const before = await world.status()

  for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGWINCH'] as const)
    container.kill(signal)
  // They arrive in any order: a TERM-free look at what they left needs a question that is answered after them.
  for (let look = 0; look < 3; look++) expect((await world.ask(container, 'status', '--json')).code).toBe(0)

  expect(await world.status()).toEqual(before)
  const listening = (await world.box.exec(container, ['cat', '/proc/1/net/tcp'])).out
  expect(listening).not.toContain(`0100007F:${(9229).toString(16).toUpperCase()}`)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('a ComfyUI that crashes again and again is given up after the limit, with its own code', async () => {
  const world = await makeWorld()

  const env = { STANDIN_EXIT: '7', COMFY_RESTART_LIMIT: '3', COMFY_SAFE_MODE: 'off' }
  const container = await world.boot({ env })

  expect(await container.ended).toBe(7)
  const deaths = [...container.err().matchAll(/death (\d) of 3/g)].map(([, count]) => count)
  expect([...new Set(deaths)]).toEqual(['1', '2', '3'])
  expect(container.err()).toContain('SERVICE_GAVE_UP')
  const waits = [...container.err().matchAll(/death (\d) of 3.*next try in ([\d.]+) (m?s)/g)].map(
    ([, count, time, unit]) => [Number(count), Number(time) * (unit === 's' ? 1000 : 1)],
  )
  for (const [count = 0, ms] of waits) {
    expect(ms).toBeGreaterThanOrEqual(200 * count)
    expect(ms).toBeLessThanOrEqual(300 * count)
  }
  expect(new Set(waits.map(([count]) => count))).toEqual(new Set([1, 2]))
  expect(container.err().match(/starting, pid/g)).toHaveLength(3)
})

test('a crash that a signal made ends the container with 128+n once it is given up', async () => {
  const world = await makeWorld()

  const container = await world.boot({ env: { STANDIN_EXIT: '-11@ready', COMFY_RESTART_LIMIT: '1' } })

  expect(await container.ended).toBe(139)
})

test('orphans belong to PID 1, are reaped when they end, and end with the container', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)
  const leave = (line: string) =>
    world.box.exec(container, ['sh', '-c', `(${line} >/dev/null 2>&1 &) ; exit 0`])

  await leave('sleep 0.05')
  await leave('sleep 300')
  const lingering = await until(
    () => processes(container).find(({ args }) => args === 'sleep 300'),
    'the orphan',
  )

  expect(lingering.parent).toBe(1)
  await until(() => processes(container).every(({ args }) => args !== 'sleep 0.05'), 'the short one to end')
  expect(zombiesOf(container)).toBe(0)
  const onHost = `/proc/${container.pid}`
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
  expect(existsSync(onHost)).toBe(false)
})

test('a ComfyUI that stops answering is not ready, and is again when it answers', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  await world.box.exec(container, ['pkill', '-STOP', '-f', 'main.py'])
  await until(async () => (await slow(world.httpPort)) === 503, '/ready to say 503')
  await world.box.exec(container, ['pkill', '-CONT', '-f', 'main.py'])

  await world.ready(container)
})

async function slow(port: number): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(8000) }).catch(
    () => undefined,
  )
  return answer?.status
}

test('a second TERM hurries a stop that takes its time', async () => {
  const world = await makeWorld()
  const env = { STANDIN_IGNORE_INT: '1', STANDIN_IGNORE_TERM: '1', COMFY_STOP_GRACE: '30s' }
  const container = await world.boot({ env })
  await world.ready(container)

  container.kill('SIGTERM')
  await until(() => container.err().includes('ComfyUI is being stopped.'), 'the stop to begin')
  const startMs = performance.now()
  container.kill('SIGTERM')

  expect(await container.ended).toBe(137)
  expect(performance.now() - startMs).toBeLessThan(15_000)
})

test('a stop while a crashed ComfyUI waits for its next try ends at once with 0', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { STANDIN_EXIT: '7@ready' } })
  await until(async () => (await world.status()).services?.[0]?.state === 'backoff', 'the wait')
  const startMs = performance.now()

  container.kill('SIGTERM')

  expect(await container.ended).toBe(0)
  expect(performance.now() - startMs).toBeLessThan(5000)
})

test('a TERM within the copy of the first boot ends it with 143, and the next boot is healthy', async () => {
  const world = await makeWorld()
  enlargeTree(`${world.box.layer}/opt/ComfyUI`, 20)
  const container = await world.boot({ name: 'one' })
  await until(
    () => existsSync(`${world.workspace}/.comfy-init/trees/next/ComfyUI/more`),
    'the copy to be under way',
  )

  container.kill('SIGTERM')

  expect(await container.ended).toBe(143)
  expect(existsSync(`${world.workspace}/ComfyUI/main.py`)).toBe(false)
  const again = await world.boot({ name: 'one' })
  await world.ready(again)
  expect(existsSync(`${world.workspace}/ComfyUI/more/large-19.bin`)).toBe(true)
})

/** Processes of a container by its own numbers. */
function processes(running: Running): readonly { readonly parent: number; readonly args: string }[] {
  const proc = `/proc/${running.pid}/root/proc`
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const parent = Number(/\) \S (\d+)/.exec(readFileSync(`${proc}/${pid}/stat`, 'utf8'))?.[1])
        return [{ parent, args: readFileSync(`${proc}/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }]
      } catch {
        return []
      }
    })
}

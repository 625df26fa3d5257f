import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { SpecFor } from '../../../src/features/supervise/variant.ts'
import { freePort } from '../../support/free-port.ts'
import { aService, isAlive, supervise, superviseOn } from '../../support/supervised.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'

/** A ladder whose last rungs are long: a busy machine may be a while in ending what was signalled. */
const ladder = (termMs: number) =>
  [
    { signal: 'SIGINT', graceMs: 400 },
    { signal: 'SIGTERM', graceMs: termMs },
    { signal: 'SIGKILL', graceMs: 20_000 },
  ] as const

test('a member that is deaf to INT and TERM is killed with its group', async () => {
  const { supervisor, said, states } = supervise(
    await aService('stubborn-member.sh', [], { stop: ladder(200) }),
  )
  const member = await until(() => said('member'), 'the member')

  expect(await supervisor.stopAll(60_000)).toBe(false)
  expect(states()).toEqual(['starting', 'stopping', 'killing', 'stopped'])
  expect(isAlive(member)).toBe(false)
})

test('a member that tidies up after INT is given the time, although the leader is gone', async () => {
  const file = `${await tempFolder()}/tidied`
  const spec = await aService('tidy-member.py', [file])
  const { supervisor, said, states } = supervise({ ...spec, stop: [{ signal: 'SIGINT', graceMs: 5000 }] })
  await until(() => said('member'), 'the member')

  expect(await supervisor.stopAll(5000)).toBe(true)
  expect(await readFile(file, 'utf8')).toBe('tidied')
  expect(states()).toEqual(['starting', 'stopping', 'stopped'])
})

test('what a crash leaves behind is ended before the next copy is started', async () => {
  const { supervisor, states, log } = supervise(
    await aService('leave-member.sh', ['1'], { stop: ladder(20_000) }),
  )
  await supervisor.ended
  const members = [...log.text().matchAll(/member (\d+)/g)].map((found) => Number(found[1]))
  expect(members).toHaveLength(3)
  expect(members.filter(isAlive)).toEqual([])
  expect(states()).toEqual([
    ...['starting', 'stopping', 'backoff'],
    ...['starting', 'stopping', 'backoff'],
    ...['starting', 'stopping', 'gave-up'],
  ])
})

test('the end of a leader is noticed although a member holds its pipes', async () => {
  const spec = await aService('leave-member.sh', ['0'])
  const { states } = supervise({ ...spec, stop: [{ signal: 'SIGCONT', graceMs: 60_000 }] })
  await until(() => states().includes('stopping'), 'the end to be noticed')
})

test('a leader that is deaf to INT and TERM is killed within the grace', async () => {
  const spec = await aService('stubborn.sh')
  const stop = spec.stop.map(({ signal }) => ({ signal, graceMs: 60_000 }))
  const { supervisor, said, states } = supervise({ ...spec, stop })
  const leader = await until(() => said('deaf'), 'the stub')
  const startMs = performance.now()

  expect(await supervisor.stopAll(3000)).toBe(false)
  expect(performance.now() - startMs).toBeLessThan(5000)
  expect(states()).toEqual(['starting', 'stopping', 'killing', 'stopped'])
  expect(isAlive(leader)).toBe(false)
})

test('that a run before had to be killed does not count against the last one', async () => {
  const [deaf, port] = [await aService('stubborn.sh'), await freePort()]
  const calm = await aService('serve.py', [String(port)])
  const ready = { host: '127.0.0.1', port, path: '/prompt' }
  let starts = 0
  const specFor: SpecFor = async () => ({ spec: { ...(starts++ === 0 ? deaf : calm), ready } })
  const { supervisor, said, states } = superviseOn({ specFor }, [{ ...deaf, ready }])
  await until(() => said('deaf'), 'the stub')

  await supervisor.control('stub', 'restart')
  await until(() => supervisor.states()[0]?.ready, 'the second run')

  expect(states()).toContain('killing')
  expect(await supervisor.stopAll(5000)).toBe(true)
})

test('a second request to stop shortens the grace of the first', async () => {
  const spec = await aService('stubborn.sh')
  const stop = spec.stop.map((rung) => ({ ...rung, graceMs: 20_000 }))
  const { supervisor, said } = supervise({ ...spec, stop })
  await until(() => said('deaf'), 'the stub')
  const startMs = performance.now()

  const first = supervisor.stopAll(60_000)
  await supervisor.stopAll(200)
  expect(await first).toBe(false)
  expect(performance.now() - startMs).toBeLessThan(2000)
})

test('services are stopped at the same time, not one after the other', async () => {
  const specs = await Promise.all(
    ['one', 'two', 'three'].map((name) => aService('stubborn.sh', [], { name })),
  )
  const { supervisor, log } = supervise(...specs)
  await until(() => log.text().match(/deaf/g)?.length === 3, 'three stubs')
  const startMs = performance.now()

  await supervisor.stopAll(600)
  expect(performance.now() - startMs).toBeLessThan(1400)
  expect(supervisor.states().map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
})

test('a zombie that nobody reaps does not hold the stop up', async () => {
  const { supervisor, said, states } = supervise(await aService('zombie-member.py'))
  const outside = await until(() => said('outside'), 'the zombie')
  onTestFinished(() => void process.kill(outside, 'SIGKILL'))

  expect(await supervisor.stopAll(9000)).toBe(true)
  expect(states()).toEqual(['starting', 'stopping', 'stopped'])
})

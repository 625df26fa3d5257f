import { expect, onTestFinished, test } from 'vitest'
import { realHost } from '../../../src/host/host.ts'
import { aService, supervise, superviseOn } from '../../support/supervised.ts'

test.each([0, 1, 2, 77, 126, 255])('exit code %i is told as it is', async (code) => {
  const spec = await aService('exit-with.sh', [String(code)])
  const ended = await supervise({ ...spec, restart: { ...spec.restart, when: 'never' } }).supervisor.ended
  expect(ended).toMatchObject({ code, signal: null, service: 'stub' })
})

test.each(['INT', 'TERM', 'KILL', 'SEGV', 'ABRT', 'HUP'])(
  'an ending by %s is told as it is',
  async (name) => {
    const spec = await aService('die-by.sh', [name])
    const ended = await supervise({ ...spec, restart: { ...spec.restart, when: 'never' } }).supervisor.ended
    expect(ended).toMatchObject({ code: null, signal: `SIG${name}` })
  },
)

test('a stray that keeps printing hides neither the end of its service nor its death', async () => {
  const spec = await aService('leave-stray.sh')
  const { supervisor, said, events } = supervise({ ...spec, restart: { ...spec.restart, when: 'never' } })
  onTestFinished(() => void process.kill(said('stray') ?? 0, 'SIGKILL'))
  expect(await supervisor.ended).toMatchObject({ code: 3 })
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'service-death', ending: { code: 3, signal: null } }),
  )
})

test('exit code 0 is the end of the service, not a crash', async () => {
  const { supervisor, states, events } = supervise(await aService('exit-with.sh', ['0']))
  await supervisor.ended
  expect(states()).toEqual(['starting', 'stopped'])
  expect(events.filter((event) => event.type === 'problem')).toEqual([])
})

test('a crash is tried again until the limit, then given up with its code', async () => {
  const { supervisor, states, log, events } = supervise(await aService('exit-with.sh', ['3']))
  expect(await supervisor.ended).toMatchObject({ code: 3 })
  expect(states()).toEqual(['starting', 'backoff', 'starting', 'backoff', 'starting', 'gave-up'])
  expect(log.text()).toBe('[stub] ending with 3\n'.repeat(3))
  expect(events).toContainEqual({
    type: 'problem',
    problem: expect.objectContaining({ code: 'SERVICE_GAVE_UP' }),
  })
  expect(supervisor.states()).toMatchObject([
    { state: 'gave-up', restarts: 2, ready: false, pid: undefined, lastEnding: { code: 3 } },
  ])
})

test('bad arguments are given up at once', async () => {
  const { supervisor, states } = supervise(await aService('exit-with.sh', ['2']))
  expect(await supervisor.ended).toMatchObject({ code: 2 })
  expect(states()).toEqual(['starting', 'gave-up'])
})

test('a program that is not there is given up at once, with the code of a shell', async () => {
  const { supervisor, events } = supervise(await aService('exit-with.sh', [], { file: '/nowhere/python' }))
  expect(await supervisor.ended).toMatchObject({ code: 127 })
  expect(events).toContainEqual({
    type: 'problem',
    problem: expect.objectContaining({ code: 'SERVICE_NOT_STARTED', level: 'blocking' }),
  })
})

test('where no limit of open files can be set, it runs all the same, and that is noted once', async () => {
  const { exec } = realHost()
  const start: typeof exec.start = async (what) => ({ ...(await exec.start(what)), hasOwnLimits: false })
  const spec = await aService('exit-with.sh', ['3'])
  const { supervisor, events } = superviseOn({ exec: { ...exec, start } }, [spec])

  expect(await supervisor.ended).toMatchObject({ code: 3 })
  expect(events.filter(({ type }) => type === 'note')).toEqual([
    expect.objectContaining({ level: 'debug', text: expect.stringContaining('limit of open files') }),
  ])
})

test('an optional service that gives up ends nothing', async () => {
  const optional = await aService('exit-with.sh', ['2'], { name: 'optional', essential: false })
  const { supervisor, events } = supervise(optional, await aService('stubborn.sh'))
  const givenUp = () => events.some((event) => event.type === 'problem' && event.problem.level === 'warning')
  await expect.poll(givenUp).toBe(true)
  const first = await Promise.race([supervisor.ended, Promise.resolve('still running')])
  expect(first).toBe('still running')
  expect(supervisor.states().map(({ state }) => state)).toEqual(['gave-up', 'starting'])
})

import { expect, test } from 'vitest'
import type { Event } from '../../../src/base/event.ts'
import type { ServiceSpec } from '../../../src/base/service.ts'
import type { SpecFor } from '../../../src/features/supervise/variant.ts'
import { freePort } from '../../support/free-port.ts'
import { aService, program, superviseOn } from '../../support/supervised.ts'
import { until } from '../../support/until.ts'

/** A service that dies with 3, and in safe mode serves; `choices` counts how often safe mode was made up. */
async function breakable(safe: (spec: ServiceSpec, port: number) => ServiceSpec = serving) {
  const port = await freePort()
  const dying = await aService('exit-with.sh', ['3'])
  const spec: ServiceSpec = {
    ...dying,
    ready: { host: '127.0.0.1', port, path: '/prompt' },
    restart: { ...dying.restart, hasSafeMode: true },
  }
  const choices: string[] = []
  const specFor: SpecFor = async (asked, mode) => {
    choices.push(mode)
    return mode === 'safe' ? { spec: safe(asked, port), without: 'its custom nodes' } : { spec: asked }
  }
  return { ...superviseOn({ specFor }, [spec]), choices }
}

const serving = (spec: ServiceSpec, port: number): ServiceSpec => ({
  ...spec,
  file: 'python3',
  args: ['-u', program('serve.py'), String(port)],
})

const conditionsIn = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'condition' ? [event] : []))

test('at the limit of deaths it is started once more, in safe mode, and says why and how to leave it', async () => {
  const { supervisor, states, events } = await breakable()
  await until(() => supervisor.states()[0]?.ready, 'safe mode to be ready')

  const tries = ['starting', 'backoff', 'starting', 'backoff', 'starting']
  expect(states()).toEqual([...tries, 'starting', 'running'])
  expect(supervisor.states()[0]).toMatchObject({ isSafe: true, restarts: 3 })
  expect(conditionsIn(events)).toEqual([
    {
      type: 'condition',
      condition: 'safe-mode',
      text: 'Stub: exit code 3; death 3 of 3 within 60 s; started in safe mode, without its custom nodes. Once the cause is mended, «comfy-init restart stub» starts it as usual.',
    },
  ])
  const marked = events.flatMap((event) => (event.type === 'service-state' ? [event.isSafe === true] : []))
  expect(marked).toEqual([false, false, false, false, false, true, true])
})

test('a person’s restart leaves safe mode, and its deaths are counted anew', async () => {
  const { supervisor, states, events } = await breakable()
  await until(() => supervisor.states()[0]?.ready, 'safe mode to be ready')

  await supervisor.control('stub', 'restart')
  await until(() => conditionsIn(events).length === 3, 'safe mode again')

  expect(conditionsIn(events).map(({ text }) => text !== undefined)).toEqual([true, false, true])
  expect(states().slice(7, 14)).toEqual([
    ...['stopping', 'starting', 'backoff', 'starting', 'backoff', 'starting', 'starting'],
  ])
})

test('the program’s own restart stays in safe mode, and leaves out the same', async () => {
  const { supervisor, choices, events } = await breakable()
  await until(() => supervisor.states()[0]?.ready, 'safe mode to be ready')
  const before = supervisor.states()[0]?.pid

  supervisor.restart('stub', 'it is stalled')
  await until(() => supervisor.states()[0]?.ready && supervisor.states()[0]?.pid !== before, 'the next run')

  expect(supervisor.states()[0]?.isSafe).toBe(true)
  expect(choices).toEqual(['normal', 'normal', 'normal', 'safe'])
  expect(conditionsIn(events)).toHaveLength(1)
})

test('the next death in safe mode is the end, with its own code', async () => {
  const dyingToo = (spec: ServiceSpec): ServiceSpec => ({ ...spec, args: ['9'] })
  const { supervisor, states, events } = await breakable(dyingToo)

  expect(await supervisor.ended).toMatchObject({ code: 9, why: 'exit code 9, in safe mode too' })
  expect(states().slice(-2)).toEqual(['starting', 'gave-up'])
  const deaths = events.flatMap((event) => (event.type === 'service-death' ? [event.isSafe] : []))
  expect(deaths).toEqual([false, false, false, true])
})

test('a stop ends safe mode', async () => {
  const { supervisor, events } = await breakable()
  await until(() => supervisor.states()[0]?.ready, 'safe mode to be ready')

  await supervisor.control('stub', 'stop')

  expect(conditionsIn(events).at(-1)).toEqual({ type: 'condition', condition: 'safe-mode' })
  expect(supervisor.states()[0]).toMatchObject({ state: 'stopped', isSafe: false })
})

test('where nobody knows what to leave out, it is started as it is', async () => {
  const spec = await aService('exit-with.sh', ['3'])
  const restart = { ...spec.restart, hasSafeMode: true }
  const specFor = () => Promise.reject(new Error('a folder that cannot be read'))
  const { supervisor, states } = superviseOn({ specFor }, [{ ...spec, restart }])
  expect(await supervisor.ended).toMatchObject({ code: 3 })
  expect(states().filter((state) => state === 'starting')).toHaveLength(4)
})

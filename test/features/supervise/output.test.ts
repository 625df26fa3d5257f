import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { aService, supervise } from '../../support/supervised.ts'
import { until } from '../../support/until.ts'

function numbered(count: number, prefix = '') {
  return Array.from({ length: count }, (_, at) => `${prefix}line ${at}\n`).join('')
}

test('300,000 lines and an end at once: the log is complete and in order, the file too', async () => {
  const spec = await aService('print-lines.py', ['300000'])
  const { supervisor, log } = supervise(spec)
  await supervisor.ended
  expect(log.text() === numbered(300_000, '[stub] ')).toBe(true)
  await supervisor.stopAll(100)
  expect((await readFile(spec.logFile, 'utf8')) === numbered(300_000)).toBe(true)
})

test('each line is told, without its prefix and its end', async () => {
  const { supervisor, events } = supervise(await aService('print-lines.py', ['3']))
  await supervisor.ended
  const lines = events.flatMap((event) =>
    event.type === 'service-line' ? [`${event.stream} ${Buffer.from(event.bytes)}`] : [],
  )
  expect(lines).toEqual(['stdout line 0', 'stdout line 1', 'stdout line 2'])
})

test('a log that takes no more holds the child, not our memory; a stop is obeyed all the same', async () => {
  const { supervisor, log, states } = supervise(await aService('print-for-ever.py'))
  await until(() => log.bytes() > 1_000_000, 'a megabyte of output')
  log.hold()
  await until(() => states().length > 0, 'the start')
  const held = log.bytes()
  await new Promise((resolve) => setImmediate(resolve))
  const heldAtMs = performance.now()
  await until(() => performance.now() - heldAtMs > 200, 'some time in which the child could write')
  // Two pipes may each have had one chunk of 64 KiB, and its prefixes, on the way.
  expect(log.bytes() - held).toBeLessThan(400_000)

  log.drain()
  await until(() => log.bytes() - held > 1_000_000, 'the output to go on')
  log.hold()
  await supervisor.stopAll(900)
  expect(supervisor.states()).toMatchObject([{ state: 'stopped', lastEnding: { signal: 'SIGINT' } }])
})

// One chunk is read before the log is full, the rest waits in the pipe: the child ends all the same.
test('what was written just before the end is forwarded although the log stands still', async () => {
  const { supervisor, log } = supervise(await aService('print-lines.py', ['10000']))
  log.hold()
  await supervisor.ended
  expect(log.text() === numbered(10_000, '[stub] ')).toBe(true)
})

test('words that come a moment after the end are waited for', async () => {
  const { supervisor, log } = supervise(await aService('late-words.sh'))
  await supervisor.ended
  expect(log.text()).toBe('[stub] last words\n')
})

test('what a leader leaves behind is held by a full log as well', async () => {
  const spec = await aService('leave-printer.sh')
  const { log, states } = supervise({ ...spec, stop: [{ signal: 'SIGCONT', graceMs: 60_000 }] })
  log.hold()
  await until(() => states().includes('stopping'), 'the end of the leader')
  const fromMs = performance.now()
  await until(() => performance.now() - fromMs > 200, 'some time in which the printer could write')
  expect(log.bytes()).toBeLessThan(1_000_000)
})

test('a file that cannot be written is told once, and the service goes on', async () => {
  const { supervisor, events, log } = supervise(
    await aService('print-lines.py', ['2'], { logFile: '/dev/null/logs/stub.log' }),
  )
  expect(await supervisor.ended).toMatchObject({ code: 0 })
  await supervisor.stopAll(100)
  expect(log.text()).toBe(numbered(2, '[stub] '))
  const told = events.flatMap((event) => (event.type === 'problem' ? [event.problem.code] : []))
  expect(told).toEqual(['LOG_FILE_STOPPED'])
})

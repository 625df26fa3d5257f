import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { deathKeeper } from '../../src/app/death-keeper.ts'
import type { Death } from '../../src/base/death.ts'
import { type Event, makeBus } from '../../src/base/event.ts'
import { layoutOf } from '../../src/base/layout.ts'
import type { ServiceSpec } from '../../src/base/service.ts'
import { superviseAll } from '../../src/features/supervise/supervise.ts'
import { aService, hostWith, keptLog } from '../support/supervised.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { aSettings } from '../support/world.ts'

test('a real Python program that dies of an exception is explained by its traceback', async () => {
  const code =
    'import sys\nsys.stderr.write("\\rhalf\\rwhole\\n")\ndef f():\n    raise ValueError("nothing fits")\nf()'
  const death = await dies(await aService('x.sh', [], { file: 'python3', args: ['-c', code] }))

  expect(death).toMatchObject({ cause: 'traceback', ending: { code: 1 } })
  expect(death.summary).toMatch(/^Stub ended with ValueError: nothing fits/)
  expect(death.lines[0]).toBe('whole')
})

test.each([
  ['KILL', 'killed', /^Stub was killed \(SIGKILL\) after 0\.\d s/],
  ['SEGV', 'signal', /^Stub crashed in native code \(SIGSEGV\) after 0\.\d s/],
  ['TERM', 'signal', /^Stub was ended by SIGTERM after 0\.\d s/],
])('a real end by SIG%s is told as it is', async (name, cause, summary) => {
  const death = await dies(await aService('die-by.sh', [name]))

  expect(death.cause).toBe(cause)
  expect(death.summary).toMatch(summary)
})

test('a real crash in native code is told with the place that Python’s faulthandler prints', async () => {
  const args = ['-X', 'faulthandler', '-c', 'import ctypes\nctypes.string_at(0)']
  const death = await dies(await aService('x.sh', [], { file: 'python3', args }))

  expect(death.summary).toMatch(
    /^Stub crashed in native code \(SIGSEGV, in \S+\/ctypes\/__init__\.py line \d+\) after /,
  )
})

test('a real end by itself is no crash', async () => {
  const death = await dies(await aService('exit-with.sh', ['0']))

  expect(death).toMatchObject({ cause: 'exit', ending: { code: 0 }, lines: ['ending with 0'] })
})

/** Runs a service once for real, with a keeper, and gives its only death. */
async function dies(spec: ServiceSpec): Promise<Death> {
  const host = hostWith(keptLog())
  const bus = makeBus()
  const told: Event[] = []
  bus.listen((event) => void told.push(event))
  const once = { ...spec, restart: { ...spec.restart, when: 'never' as const } }
  const layout = layoutOf(await tempFolder())
  const keeper = deathKeeper(host, { bus, layout, services: [once], settings: aSettings() })
  const supervisor = superviseAll(host, [once], { tell: bus.tell })
  await supervisor.ended
  await supervisor.stopAll(0)
  await keeper.close()
  const [death, ...more] = told.flatMap((event) => (event.type === 'death' ? [event.death] : []))
  expect(more).toEqual([])
  if (death === undefined) throw new Error('No death was told.')
  expect(await readdir(layout.deaths)).toHaveLength(1)
  return death
}

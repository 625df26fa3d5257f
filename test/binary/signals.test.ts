import { readFileSync, readlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeBox } from '../support/container.ts'
import { until, within } from '../support/until.ts'

const reapers = ['embedded', 'shell'] as const
const sleeper = ['sh', '-c', 'echo up; exec sleep 60']

// 15 is what the hand-over to the init answers within its 0.3 ms, see hold-signals.ts.
test.each([0, 5, 10, 20, 40, 80, 160])(
  'TERM %i ms after the start ends it within a second',
  async (delayMs) => {
    const running = await (await makeBox()).run({ args: sleeper })
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    running.kill('SIGTERM')

    expect([143, 15]).toContain(await within(1000, running.ended))
  },
)

test.each(reapers)(
  'under the %s reaper the exit code is that of the program, 128+n for a signal',
  async (reaper) => {
    const box = await makeBox()
    const codes: number[] = []
    for (const line of ['exit 0', 'exit 7', 'kill -SEGV $$', 'kill -KILL $$']) {
      const running = await box.run({ env: { COMFY_REAPER: reaper }, args: ['sh', '-c', line] })
      codes.push(await running.ended)
    }

    expect(codes).toEqual([0, 7, 139, 137])
  },
)

test.each(reapers)('under the %s reaper TERM, INT and HUP reach the program', async (reaper) => {
  const script = `import signal, sys
for name in ('SIGTERM', 'SIGINT', 'SIGHUP'):
    signal.signal(getattr(signal, name), lambda number, frame: print(signal.Signals(number).name, flush=True))
print('up', flush=True)
while True: signal.pause()`
  const running = await (await makeBox()).run({
    env: { COMFY_REAPER: reaper },
    args: ['python3', '-c', script],
  })
  await until(() => running.out() === 'up\n', 'the program')
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    running.kill(name)
    await until(() => running.out().includes(name), name)
  }

  expect(running.out()).toBe('up\nSIGTERM\nSIGINT\nSIGHUP\n')
})

test('USR1 neither ends it nor opens the inspector', async () => {
  const running = await (await makeBox()).run({ args: sleeper, offline: true })
  await until(() => running.out() === 'up\n', 'the program')
  const [ours] = childrenOf(running.pid)
  if (ours === undefined) throw new Error('comfy-init has no process')
  running.kill('SIGUSR1')
  process.kill(ours, 'SIGUSR1')

  // TERM after USR1 ends it: both were taken, in this order.
  const listeners = readFileSync(`/proc/${ours}/net/tcp`, 'utf8').trim().split('\n').length - 1
  expect(readlinkSync(`/proc/${ours}/exe`)).toMatch(/comfy-init/)
  running.kill('SIGTERM')
  expect(await running.ended).toBe(143)
  expect(running.err()).toBe('')
  expect(listeners).toBe(0)
})

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
}

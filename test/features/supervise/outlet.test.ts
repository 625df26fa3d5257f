import { expect, test } from 'vitest'
import { makeOutlet } from '../../../src/features/supervise/outlet.ts'

function aLog({ takes }: { takes: boolean }) {
  const written: string[] = []
  const waiting: (() => void)[] = []
  const log = {
    takes,
    written,
    stdout: (chunk: string | Uint8Array) => {
      written.push(Buffer.from(chunk).toString())
      return log.takes
    },
    onDrain: (call: () => void) => void waiting.push(call),
    drain: () => {
      for (const call of waiting.splice(0)) call()
    },
    waiting,
  }
  return log
}

function aTap() {
  const calls: string[] = []
  return { calls, pause: () => calls.push('pause'), resume: () => calls.push('resume') }
}

const HELLO = Buffer.from('hello\n')

test('a log that takes no more holds every pipe until it drains', () => {
  const log = aLog({ takes: false })
  const outlet = makeOutlet(log)
  const [one, two] = [aTap(), aTap()]
  outlet.join(one)
  outlet.join(two)

  outlet.write('comfyui', HELLO, '\n')
  outlet.write('comfyui', HELLO, '\n')
  const paused = ['pause', 'pause']
  expect([one.calls, two.calls, log.waiting.length]).toEqual([paused, paused, 1])

  log.drain()
  const resumed = [...paused, 'resume']
  expect([one.calls, two.calls]).toEqual([resumed, resumed])
})

test('a pipe that joins a full log is held at once, and one that left is not touched', () => {
  const log = aLog({ takes: false })
  const outlet = makeOutlet(log)
  const [early, late] = [aTap(), aTap()]
  const leave = outlet.join(early)
  leave()
  outlet.write('comfyui', HELLO, '\n')
  outlet.join(late)
  log.drain()
  expect([early.calls, late.calls]).toEqual([[], ['pause', 'resume']])
})

test('another service never writes into a progress bar', () => {
  const log = aLog({ takes: true })
  const outlet = makeOutlet(log)
  outlet.write('comfyui', Buffer.from('10%\r'), '\r')
  outlet.write('comfyui', Buffer.from('20%\r'), '\r')
  outlet.write('jupyter', HELLO, '\n')
  outlet.write('comfyui', HELLO, '\n')
  expect(log.written).toEqual(['10%\r', '20%\r', '\nhello\n', 'hello\n'])
})

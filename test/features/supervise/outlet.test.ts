import { expect, test } from 'vitest'
import type { LogForm } from '../../../src/features/supervise/lane.ts'
import { makeOutlet } from '../../../src/features/supervise/outlet.ts'
import { lineSplitter } from '../../../src/features/supervise/prefix.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

function anOutlet({ takes = true, form = 'prefix' as LogForm } = {}) {
  const written: string[] = []
  const waiting: (() => void)[] = []
  const log = {
    takes,
    stdout: (chunk: string | Uint8Array) => {
      written.push(Buffer.from(chunk).toString())
      return log.takes
    },
    onDrain: (call: () => void) => void waiting.push(call),
    waiting: () => 7,
  }
  const clock = virtualClock()
  let rests = 0
  const memory = { rest: () => void rests++ }
  const outlet = makeOutlet({ out: log, clock, memory }, form)
  const speakers = new Map<string, (text: string) => void>()
  return {
    outlet,
    clock,
    rests: () => rests,
    written,
    waiting,
    drain: () => {
      for (const call of waiting.splice(0)) call()
    },
    say: (service: string, text: string) => {
      const speak = speakers.get(service) ?? speakerOf(outlet, service)
      speakers.set(service, speak)
      speak(text)
    },
  }
}

function speakerOf(outlet: ReturnType<typeof makeOutlet>, service: string) {
  const lane = outlet.lane({ service, stream: 'stdout' })
  const splitter = lineSplitter()
  return (text: string) => {
    const chunk = Buffer.from(text)
    lane.push(chunk, splitter.push(chunk))
  }
}

function aTap() {
  const calls: string[] = []
  return { calls, pause: () => calls.push('pause'), resume: () => calls.push('resume') }
}

test('a log that takes no more holds every pipe until it drains', () => {
  const { outlet, say, waiting, drain } = anOutlet({ takes: false })
  const [one, two] = [aTap(), aTap()]
  outlet.join(one)
  outlet.join(two)

  say('comfyui', 'hello\n')
  say('comfyui', 'hello\n')
  const paused = ['pause', 'pause']
  expect([one.calls, two.calls, waiting.length]).toEqual([paused, paused, 1])
  expect([outlet.isFull(), outlet.waiting()]).toEqual([true, 7])

  drain()
  const resumed = [...paused, 'resume']
  expect([one.calls, two.calls, outlet.isFull()]).toEqual([resumed, resumed, false])
})

test('a pipe that joins a full log is held at once, and one that left is not touched', () => {
  const { outlet, say, drain } = anOutlet({ takes: false })
  const [early, late] = [aTap(), aTap()]
  const leave = outlet.join(early)
  leave()
  say('comfyui', 'hello\n')
  outlet.join(late)
  drain()
  expect([early.calls, late.calls]).toEqual([[], ['pause', 'resume']])
})

test('memory is given back once when a log takes nothing for a second, and not when it drains before', async () => {
  const { say, drain, clock, rests } = anOutlet({ takes: false })
  say('comfyui', 'hello\n')
  await clock.advance(900)
  drain()
  await clock.advance(5000)
  expect(rests()).toBe(0)

  say('comfyui', 'hello\n')
  say('comfyui', 'hello\n')
  await clock.advance(5000)
  expect(rests()).toBe(1)
})

test('another service never writes into a progress bar', () => {
  const { say, written } = anOutlet()
  say('comfyui', '10%\r')
  say('comfyui', '20%\r')
  say('jupyter', 'hello\n')
  say('comfyui', 'hello\n')
  expect(written).toEqual(['[comfyui] 10%\r', '[comfyui] 20%\r', '\n[jupyter] hello\n', '[comfyui] hello\n'])
})

test('a log without prefixes passes on a progress bar and whatever follows it as they are', () => {
  const { say, written } = anOutlet({ form: 'bytes' })
  say('comfyui', '10%\r')
  say('jupyter', 'hello\n')
  expect(written).toEqual(['10%\r', 'hello\n'])
})

test('a log of JSON names the service and the stream', () => {
  const { say, written } = anOutlet({ form: 'json' })
  say('jupyter', 'hello\n')
  const time = '1970-01-01T00:00:00.000Z'
  expect(written.map((each) => JSON.parse(each))).toEqual([
    { time, from: 'jupyter', stream: 'stdout', text: 'hello' },
  ])
})

import { expect, onTestFinished, test } from 'vitest'
import { makeFeed } from '../../src/app/feed.ts'
import { makeBus } from '../../src/base/event.ts'
import { Problem } from '../../src/base/problem.ts'
import { eventWords } from '../../src/cli/event-text.ts'
import { answer } from '../../src/cli/main.ts'
import { eventReader } from '../../src/cli/read-events.ts'
import type { Host } from '../../src/host/host.ts'
import { doorsOn } from '../../src/http/doors.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { aDesk, capturingHost } from '../support/desk.ts'
import { aBehind, aDeath, aStatus } from '../support/status.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'
import { aSettings } from '../support/world.ts'

/** A running comfy-init on a control socket, and a desk that finds it. */
async function running(isGone = () => false, signals: Partial<Host['signals']> = {}) {
  const { host: quiet, out, err } = capturingHost()
  const host = { ...quiet, out: { ...quiet.out, isGone }, signals: { ...quiet.signals, ...signals } }
  const folder = await tempFolder()
  const bus = makeBus()
  let now = aStatus()
  const status = () => now
  const feed = makeFeed(bus, { clock: host.clock, status, secrets: () => [] })
  const doors = await doorsOn(host)(aBehind({ status, feed }), {
    host: '127.0.0.1',
    port: 0,
    socket: `${folder}/control.sock`,
  })
  onTestFinished(doors.close)
  const settings = aSettings({ runtimeFolder: folder, httpPort: 1, httpListen: '127.0.0.1' })
  const desk = deskOn(host, settings)
  return {
    desk,
    out,
    err,
    print: (text: string) =>
      bus.tell({ type: 'service-line', service: 'comfyui', stream: 'stderr', bytes: Buffer.from(text) }),
    become: (next: typeof now) => {
      now = next
      bus.tell({ type: 'phase', phase: next.phase })
    },
    end: async () => {
      feed.close()
      await doors.close()
    },
  }
}

test('events prints what happens from now on, and ends with 0 when the program ends', async () => {
  const { desk, out, err, print, become, end } = await running()
  print('before')
  const code = answer(desk, ['events'])
  await until(() => out() !== '', 'the first words')
  print('during')
  await until(() => out().includes('during'), 'a line')
  become(aStatus({ phase: 'stopping' }))
  await end()

  expect(await code).toBe(0)
  expect(err()).toBe('')
  expect(out().replace(/^\d\d:\d\d:\d\d {2}/gm, '')).toBe(
    [
      'boot       comfy is ready, comfyui is running, jupyter is backoff.',
      'comfyui    | during',
      'boot       ComfyUI is being stopped.',
      '',
    ].join('\n'),
  )
})

test('as JSON each event is one object in a line of its own', async () => {
  const { desk, out, print, end } = await running()
  const code = answer(desk, ['events', '--json'])
  await until(() => out() !== '', 'the first words')
  print('a\tb')
  await until(() => out().includes('"line"'), 'a line')
  await end()

  expect(await code).toBe(0)
  const lines = out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toEqual({ event: 'status', ...JSON.parse(JSON.stringify(aStatus())) })
  expect(lines[1]).toEqual({ event: 'line', service: 'comfyui', stream: 'stderr', text: 'a\tb' })
})

test('without a running comfy-init events says so', async () => {
  const { host, err } = capturingHost()
  const settings = aSettings({ runtimeFolder: await tempFolder(), httpPort: 1, httpListen: '127.0.0.1' })

  expect(await answer(deskOn(host, settings), ['events'])).toBe(69)
  expect(err()).toContain('NOT_RUNNING')
})

test('a reader that is let go comes again', async () => {
  const { host, out } = capturingHost()
  const folder = await tempFolder()
  let asked = 0
  const served = await host.net.serve({ socket: `${folder}/control.sock` }, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const sent = `event: line\ndata: {"service":"comfyui","text":"${++asked}"}\n\n`
    if (asked === 1) response.write(sent, () => response.destroy())
    else response.end(sent)
  })
  onTestFinished(served.close)
  const settings = aSettings({ runtimeFolder: folder })

  expect(await answer(deskOn(host, settings), ['events'])).toBe(0)
  expect(out()).toMatch(/\| 1\n.*\| 2\n$/)
})

test('an answer that is no stream of events is a problem with its words', async () => {
  const { host, err } = capturingHost()
  const folder = await tempFolder()
  const served = await host.net.serve({ socket: `${folder}/control.sock` }, (_, response) =>
    response.writeHead(503).end('{"error":{"code":"READERS_TOO_MANY"}}'),
  )
  onTestFinished(served.close)
  const settings = aSettings({ runtimeFolder: folder })

  expect(await answer(deskOn(host, settings), ['events'])).toBe(70)
  expect(err()).toContain('It answered 503: {"error":{"code":"READERS_TOO_MANY"}}')
})

test('events ends when nobody reads it any more, also while nothing happens', async () => {
  let isGone = false
  const { desk, out } = await running(() => isGone)
  const code = answer(desk, ['events'])
  await until(() => out() !== '', 'the first words')
  isGone = true

  expect(await code).toBe(0)
})

test('Ctrl-C ends events with its own code', async () => {
  const signals = new Map<string, () => void>()
  const { desk, out } = await running(() => false, {
    on: (name, call) => {
      signals.set(name, call)
      return () => {}
    },
  })
  const code = answer(desk, ['events'])
  await until(() => out() !== '', 'the first words')
  signals.get('SIGINT')?.()

  expect(await code).toBe(130)
})

test('of two statuses only what differs is put into words', () => {
  const words = eventWords()
  const say = (status: ReturnType<typeof aStatus>) =>
    words({ event: 'status', data: JSON.stringify(status) }).map(({ topic, text }) => `${topic}: ${text}`)
  const step = { id: 'a/copy', title: 'Copy', state: 'working' } as const
  const service = {
    name: 'comfyui',
    title: 'ComfyUI',
    state: 'running',
    pid: 7,
    restarts: 0,
    isSafe: false,
  } as const
  const problem = new Problem('LOG_FILE_STOPPED', { path: '/x', reason: 'ENOSPC' }).in('docker')
  const before = aStatus({ phase: 'preparing', steps: [step], services: [service], problems: [] })

  expect(say(before)).toEqual(['boot: comfy is preparing, comfyui is running.'])
  expect(say(before)).toEqual([])
  const after = {
    ...before,
    phase: 'starting' as const,
    steps: [
      { ...step, percent: 50 },
      { id: 'b/link', title: 'Link', state: 'done' as const, ms: 12 },
    ],
    services: [{ ...service, state: 'backoff' as const, pid: 8, why: 'exit code 1' }],
    conditions: [{ condition: 'stalled' as const, text: 'Nothing moves.' }],
    problems: [problem],
  }
  expect(say(after)).toEqual([
    'boot: ComfyUI is starting.',
    'b: Link: done in 12 ms',
    'comfyui: backoff, pid 8: exit code 1',
    'stalled: Nothing moves.',
    'warning: Cannot write /x any more. (LOG_FILE_STOPPED)',
    `why: ${problem.why}`,
    `remedy: ${problem.remedy}`,
  ])
  expect(say({ ...after, conditions: [] })).toEqual(['stalled: This is over.'])
})

test('each state of a service is put into words once, however it is told', () => {
  const words = eventWords()
  const service = { name: 'comfyui', title: 'ComfyUI', restarts: 0, isSafe: false }
  const status = (state: 'running' | 'starting', pid: number) =>
    words({ event: 'status', data: JSON.stringify(aStatus({ services: [{ ...service, state, pid }] })) })
  const enter = (state: string, more: object = {}) =>
    words({ event: 'service', data: JSON.stringify({ service: 'comfyui', state, ...more }) })
  const texts = (told: ReturnType<typeof status>) => told.map(({ text }) => text)
  status('running', 7)

  expect(texts(enter('backoff', { why: 'exit code 1' }))).toEqual(['backoff: exit code 1'])
  expect(texts(enter('starting', { pid: 8 }))).toEqual(['starting, pid 8'])
  expect(texts(enter('running', { pid: 8 }))).toEqual(['running, pid 8'])
  expect(texts(status('running', 8))).toEqual([])
  expect(texts(status('starting', 9))).toEqual(['starting, pid 9'])
})

test('a death and what was left out are put into words', () => {
  const words = eventWords()

  expect(words({ event: 'death', data: JSON.stringify(aDeath()) })).toMatchObject([
    { topic: 'comfyui', text: expect.stringContaining('exit code 1: KeyError. Take the node out.') },
  ])
  expect(words({ event: 'skipped', data: '{"lines":7}' })).toMatchObject([
    { text: expect.stringMatching(/^7 lines/) },
  ])
  expect(words({ event: 'something-new', data: '{}' })).toEqual([])
})

test('events are read whole however they are cut, and comments are none', () => {
  const bytes = Buffer.from(
    'retry: 3000\n\n: a comment\n\nevent: line\ndata: {"a":"ü: x"}\n\ndata: 1\n\nevent: half',
  )
  for (const size of [1, 2, 3, 7, 1000]) {
    const { push, rest } = eventReader()
    const sent = []
    for (let at = 0; at < bytes.length; at += size) sent.push(...push(bytes.subarray(at, at + size)))

    expect(sent).toEqual([
      { event: 'line', data: '{"a":"ü: x"}' },
      { event: 'message', data: '1' },
    ])
    expect(rest()).toBe('event: half')
  }
})

function deskOn(host: Host, settings: Settings) {
  return aDesk(host, { ask: async () => ({ settings, origins: NO_ORIGINS, problems: [] }) })
}

const NO_ORIGINS = {} as Awaited<ReturnType<ReturnType<typeof aDesk>['acts']['ask']>>['origins']

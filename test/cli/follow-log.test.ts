import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { followLog } from '../../src/cli/follow-log.ts'
import { openLogFile } from '../../src/features/supervise/log-file.ts'
import { capturingHost } from '../support/desk.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'

/** A host whose signals are given by hand and whose log can be held. */
function aHost() {
  const handlers = new Map<string, () => void>()
  const waiting: (() => void)[] = []
  const { host, out } = capturingHost()
  let takes = true
  const stdout = (chunk: string | Uint8Array) => host.out.stdout(chunk) && takes
  return {
    host: {
      ...host,
      out: { ...host.out, stdout, onDrain: (call: () => void) => void waiting.push(call) },
      signals: {
        ...host.signals,
        on: (name: string, call: () => void) => {
          handlers.set(name, call)
          return () => handlers.delete(name)
        },
      },
    },
    out,
    interrupt: () => handlers.get('SIGINT')?.(),
    hold: () => {
      takes = false
    },
    release: () => {
      takes = true
      for (const call of waiting.splice(0)) call()
    },
    waiting,
  }
}

async function following(path: string, { fromByte = 0 } = {}) {
  const person = aHost()
  const ended = followLog(person.host, path, await person.host.fs.readGrowth(path, fromByte))
  onTestFinished(async () => {
    person.interrupt()
    person.release()
    await ended
  })
  return { ...person, ended, has: (text: string) => until(() => person.out() === text, `«${text}»`) }
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join('')

test('a log is followed over many rotations without a line lost or doubled', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  await writeFile(path, '')
  const { out } = await following(path)
  const { host } = capturingHost()
  const file = openLogFile(host, path, { mostBytes: 20_000, onFailed: () => expect.unreachable() })
  for (let at = 0; at < 6_000; at += 500) {
    file.write(Buffer.from(lines(at, at + 500)))
    await until(() => out().length > lines(0, at).length - 15_000, 'the reader to come along')
  }
  await file.close()
  await until(() => out().length >= lines(0, 6_000).length, 'the last line')
  expect(out() === lines(0, 6_000)).toBe(true)
})

test('what was moved on twice while nobody looked is read in its order', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  await writeFile(path, 'one\n')
  const { has, hold, release, waiting } = await following(path)
  await has('one\n')
  hold()
  await appendFile(path, 'two\n')
  await until(() => waiting.length > 0, 'the reader to be held')
  await appendFile(path, 'three\n')
  await rename(path, `${path}.2`)
  await writeFile(`${path}.1`, 'four\n')
  await writeFile(path, 'five\n')
  release()
  await has('one\ntwo\nthree\nfour\nfive\n')
})

test('a log that is removed and made again, or comes only later, is followed', async () => {
  const path = `${await tempFolder()}/logs/comfyui.log`
  const { has } = await following(path)
  await mkdir(path.slice(0, path.lastIndexOf('/')))
  await writeFile(path, 'one\n')
  await has('one\n')
  await rm(path)
  await writeFile(path, 'two\n')
  await has('one\ntwo\n')
  await writeFile(path, 'x\n')
  await has('one\ntwo\nx\n')
})

test('a reader that stands still is waited for, and Ctrl-C ends that too', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  await writeFile(path, Buffer.alloc(1_000_000, 'x\n'))
  const person = aHost()
  person.hold()
  const ended = followLog(person.host, path, await person.host.fs.readGrowth(path, 0))
  await until(() => person.waiting.length === 1, 'the reader to be waited for')
  expect(person.out().length).toBe(256 * 1024)
  person.interrupt()
  expect(await ended).toBe(130)
  expect(person.out().length).toBe(256 * 1024)
})

test('what was written between the last look and the move is read before the new file', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  await writeFile(path, 'new\n')
  const reads = ['', 'late\n']
  const moved = {
    read: async () => Buffer.from(reads.shift() ?? ''),
    isAt: async (other: string) => other === `${path}.1`,
    close: async () => {},
  }
  const person = aHost()
  const ended = followLog(person.host, path, moved)
  await until(() => person.out().endsWith('new\n'), 'the new file')
  person.interrupt()
  await ended
  expect(person.out()).toBe('late\nnew\n')
})

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { program } from '../../support/supervised.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'

async function superviseOne(file: string, ...args: readonly string[]) {
  const folder = await tempFolder()
  const child = spawn(
    process.execPath,
    [program('supervise-one.ts'), folder, 'python3', program(file), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await ending(child)
  })
  return { child, log: child.stdout, logFile: `${folder}/stub.log` }
}

function ending(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => child.once('exit', resolve))
}

const bytesOf = (path: string) => (existsSync(path) ? statSync(path).size : 0)

test('a reader of the log that goes away ends nothing: the service goes on, and TERM works', async () => {
  const { child, log, logFile } = await superviseOne('print-for-ever.py')
  await new Promise((resolve) => log.once('data', resolve))
  log.destroy()
  const before = bytesOf(logFile)
  await until(() => bytesOf(logFile) > before + 2_000_000, 'the service to go on')
  child.kill('SIGTERM')
  expect(await ending(child)).toBe(0)
})

test('a reader that stands still costs no memory, and TERM works', async () => {
  const { child, log, logFile } = await superviseOne('print-for-ever.py')
  await new Promise((resolve) => log.once('data', resolve))
  log.pause()
  let size = -1
  let looksWithoutGrowth = 0
  await until(() => {
    looksWithoutGrowth = bytesOf(logFile) === size ? looksWithoutGrowth + 1 : 0
    size = bytesOf(logFile)
    return looksWithoutGrowth > 50
  }, 'the child to be held')
  expect(residentBytes(child.pid ?? 0)).toBeLessThan(150 * 1024 * 1024)
  child.kill('SIGTERM')
  expect(await ending(child)).toBe(0)
})

test('300,000 lines and an end at once reach a slow reader complete and in order', async () => {
  const { child, log } = await superviseOne('print-lines.py', '300000')
  const chunks: Buffer[] = []
  for await (const chunk of log) {
    chunks.push(chunk)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await ending(child)).toBe(0)
  const wanted = Array.from({ length: 300_000 }, (_, at) => `[stub] line ${at}\n`).join('')
  expect(Buffer.concat(chunks).toString() === wanted).toBe(true)
})

test('a reader that rests for a second at the end still gets every line', async () => {
  const { child, log, logFile } = await superviseOne('print-lines.py', '20000')
  log.pause()
  await until(() => bytesOf(logFile) > 0, 'the service to print')
  const exit = ending(child)
  // All is printed and the service has ended; what it left is in pipes and in the supervisor's hands.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const chunks: Buffer[] = []
  for await (const chunk of log) {
    chunks.push(chunk)
    if (chunks.length < 3) await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  expect(await exit).toBe(0)
  const wanted = Array.from({ length: 20_000 }, (_, at) => `[stub] line ${at}\n`).join('')
  expect(Buffer.concat(chunks).toString() === wanted).toBe(true)
})

test('a reader that never reads again does not keep an ended service waiting for ever', async () => {
  const { child, log } = await superviseOne('print-lines.py', '300000')
  await new Promise((resolve) => log.once('data', resolve))
  log.pause()
  child.kill('SIGTERM')
  expect(await ending(child)).toBe(0)
})

function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) * 1024
}

import { spawn } from 'node:child_process'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { effortOf } from '../../../src/features/queue/effort.ts'
import { openedIn, waitsForOthers } from '../../../src/features/queue/waits-for-others.ts'
import { realHost } from '../../../src/host/host.ts'
import { freePort } from '../../support/free-port.ts'
import { until } from '../../support/until.ts'

const { fs } = realHost()

/** Starts Python in a process group of its own, ended after the test. */
function python(script: string): number {
  const child = spawn('python3', ['-c', script], { detached: true, stdio: 'ignore' })
  const pid = child.pid ?? 0
  onTestFinished(() => void process.kill(-pid, 'SIGKILL'))
  return pid
}

test('processor time of children counts as well, also of those that ended', async () => {
  const busy = 'import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n'
  const group = python(
    `import subprocess, sys, time\nsubprocess.run([sys.executable, "-c", ${JSON.stringify(busy)}])\nopen("/dev/zero", "rb").read(9000000)\ntime.sleep(600)`,
  )

  await until(async () => ((await effortOf(fs, group))?.bytes ?? 0) >= 9_000_000, 'the end of the child')

  expect((await effortOf(fs, group))?.cpuMs).toBeGreaterThanOrEqual(300)
})

test('bytes that are read are counted', async () => {
  const group = python('import time\nopen("/dev/zero", "rb").read(3000000)\ntime.sleep(600)')

  await until(async () => ((await effortOf(fs, group))?.bytes ?? 0) >= 3_000_000, 'the bytes')
})

test('an idle group does next to nothing', async () => {
  const group = python('import time\ntime.sleep(600)')
  await until(async () => (await effortOf(fs, group)) !== undefined, 'the process')
  let before = await effortOf(fs, group)
  await until(async () => {
    const now = await effortOf(fs, group)
    const isIdle = now?.cpuMs === before?.cpuMs && now?.bytes === before?.bytes
    before = now
    return isIdle
  }, 'two equal looks')
})

test('a group that is not there has done nothing that could be seen', async () => {
  expect(await effortOf(fs, 2 ** 22)).toBeUndefined()
  expect(await waitsForOthers(fs, 2 ** 22)).toBe(false)
})

test('a connection that a process opened itself is found', async () => {
  const server = await listening()
  const { port } = server.address() as AddressInfo
  const group = python(
    `import socket, time\ns = socket.create_connection(("127.0.0.1", ${port}))\ntime.sleep(600)`,
  )

  await until(() => waitsForOthers(fs, group), 'the connection')
})

test('a connection that a process accepted is not one that it opened', async () => {
  const port = await freePort()
  const group = python(
    `import socket, time\ns = socket.create_server(("127.0.0.1", ${port}))\nc, _ = s.accept()\nc.send(b".")\ntime.sleep(600)`,
  )
  await until(() => hears(port), 'the connection to be accepted')

  expect(await waitsForOthers(fs, group)).toBe(false)
})

test('only established connections from a port that nobody listens on were opened by the one who holds them', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 00000000:1FFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 11 1 0 100 0 0 10 0',
    '   1: 0100007F:1FFC 0100007F:D431 01 00000000:00000000 00:00000000 00000000  0 0 12 1 0 100 0 0 10 0',
    '   2: 0A00000A:D432 22D8B85D:01BB 01 00000000:00000000 02:000005DC 00000000  0 0 13 2 0 20 4 30 10 -1',
    '   3: 0A00000A:D433 22D8B85D:01BB 06 00000000:00000000 03:000005DC 00000000  0 0 0 3 0',
  ].join('\n')

  expect([...openedIn(table)]).toEqual(['13'])
  expect([...openedIn('')]).toEqual([])
})

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(() => {}).listen(0, '127.0.0.1', () => resolve(server))
    onTestFinished(() => void server.close())
  })
}

function hears(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('data', () => resolve(true))
    onTestFinished(() => void socket.destroy())
  })
}

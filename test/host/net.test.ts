import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { realNet } from '../../src/host/net.ts'

test('an answer that never ends is cut, and nothing more of it is read', async () => {
  let sent = 0
  const server = createServer((_, response) => {
    const send = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent++
    }
    response.on('drain', send)
    send()
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const where = { host: '127.0.0.1', port, path: '/', timeoutMs: 20_000 }

  const bounded = await realNet().ask({ ...where, mostBytes: 1000 })
  const unbounded = await realNet().ask(where)

  expect(bounded).toMatchObject({ status: 200, isCut: true })
  expect(unbounded).toMatchObject({ status: 200, isCut: true })
  expect(sent * 64 * 1024).toBeLessThan(256 * 1024 * 1024)
})

test('why an address and port cannot be had is the system’s word', async () => {
  const net = realNet()
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  expect(await net.listenFault('127.0.0.1', 0)).toBeUndefined()
  expect(await net.listenFault('127.0.0.1', port)).toBe('EADDRINUSE')
  expect(await net.listenFault('192.0.2.1', port)).toBe('EADDRNOTAVAIL')
  expect(await net.listenFault('999.1.1.1', port)).toMatch(/^(ENOTFOUND|EAI_\w+)$/)
  expect(await net.canListen('127.0.0.1', port)).toBe(false)
})

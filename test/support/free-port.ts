import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** Ports that the kernel gives to nobody by itself: it takes those of connections and of port 0 from 32768 up. */
const [FIRST, COUNT] = [10_000, 22_000]

/**
 * A TCP port on which nobody listens, kept for this process until it ends: no other test is given it, whichever process it
 * runs in, and no connection takes it by chance.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if ((await isKept(port)) && (await isFree(port))) return port
  }
  throw new Error('Cannot find a free port.')
}

// The port’s UDP twin is the sign that it is taken; the kernel frees it with the process, however that ends.
function isKept(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref()
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
  })
}

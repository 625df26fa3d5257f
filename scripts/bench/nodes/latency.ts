import { connect, createServer, type Socket } from 'node:net'

/** Port on the loopback that leads to another one as over a line with this round trip in milliseconds, its handshake too. */
export async function distant(port: number, roundTripMs: number): Promise<number> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    // A caller’s first byte leaves when the answer to its first packet is back.
    carry(near, far, { halfMs: roundTripMs / 2, fromMs: performance.now() + roundTripMs })
    carry(far, near, { halfMs: roundTripMs / 2, fromMs: 0 })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

type Line = { readonly halfMs: number; readonly fromMs: number }

function carry(from: Socket, to: Socket, { halfMs, fromMs }: Line): void {
  let lastMs = 0
  // What was sent first arrives first.
  const later = (act: () => void) => {
    lastMs = Math.max(performance.now(), fromMs, lastMs - halfMs) + halfMs
    setTimeout(act, Math.max(0, lastMs - performance.now()))
  }
  from.on('data', (chunk) => later(() => to.writable && to.write(chunk)))
  from.on('end', () => later(() => to.end()))
  from.on('error', () => to.destroy())
  from.on('close', () => later(() => to.destroySoon()))
}

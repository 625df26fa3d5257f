import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { networkOf } from './network-of.ts'

/** More connections than probes and a few browsers need; further ones are dropped. */
const MAX_CONNECTIONS = 128

/**
 * Of these, so many may come from one network: more than the readers of events behind one proxy, and few enough that probes
 * from elsewhere find room. This machine's own address counts too: proxies beside us come from there.
 */
const MAX_FROM_ONE = 40

/** Whoever has not taken a whole answer after so long gets no more of it, milliseconds. */
const TAKE_MS = 10_000

/** Keeps those who connect without end, or ask and then take no answer, from shutting out everybody else. */
export function boundServer(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS
  boundByNetwork(server)
  server.on('request', (_, response) => giveUpUntaken(response))
}

function boundByNetwork(server: Server): void {
  const counts = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    // Undefined on a unix socket, which only its owner can open.
    if (socket.remoteAddress === undefined) return
    const network = networkOf(socket.remoteAddress)
    const count = (counts.get(network) ?? 0) + 1
    counts.set(network, count)
    socket.once('close', () => {
      const left = (counts.get(network) ?? 1) - 1
      if (left > 0) counts.set(network, left)
      else counts.delete(network)
    })
    if (count > MAX_FROM_ONE) socket.destroy()
  })
}

// The time runs from when all of an answer was handed over: how long it takes to find one, and how long a stream goes on,
// is for whoever answers to bound. Of several answers on one connection the first one that is stuck ends it.
function giveUpUntaken(response: ServerResponse): void {
  response.once('prefinish', () => {
    if (response.writableFinished) return
    const { socket } = response
    const timer = setTimeout(() => socket?.destroy(), TAKE_MS).unref()
    response.once('close', () => clearTimeout(timer))
  })
}

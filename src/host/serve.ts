import { rm } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect, type ListenOptions } from 'node:net'
import { boundServer } from './serve-bounds.ts'

/** Where to serve: a TCP address (port 0 for any free one), or a unix socket that only its owner may use. */
export type ServeAt = { readonly host: string; readonly port: number } | { readonly socket: string }

/** Answers one HTTP request. */
export type OnRequest = (request: IncomingMessage, response: ServerResponse) => void

/** A listening server. `port` is the bound one, undefined for a socket; `close` ends open connections too. */
export type Served = { readonly port: number | undefined; readonly close: () => Promise<void> }

/** Connections that ask for nothing in this time make room for probes; milliseconds. */
const PATIENCE = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
}

/**
 * Serves HTTP. Rejects with the system's error when the address cannot be bound. A socket file whose owner has died is
 * replaced; one that somebody still answers on is EADDRINUSE.
 */
export async function serve(at: ServeAt, onRequest: OnRequest): Promise<Served> {
  const { createServer } = await import('node:http')
  const server = createServer(PATIENCE)
  boundServer(server)
  server.on('request', onRequest)
  if ('socket' in at) {
    if (!(await somebodyAnswers(at.socket))) await rm(at.socket, { force: true })
    await listenAsOwnerOnly(server, at.socket)
  } else await listen(server, { host: at.host, port: at.port, exclusive: true })
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : undefined,
    close: () => close(server),
  }
}

// The mask holds while bind(2) makes the file, which happens inside listen(): no instant at which others could connect.
async function listenAsOwnerOnly(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177)
  const listening = listen(server, { path })
  process.umask(before)
  await listening
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function somebodyAnswers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    connection.once('error', () => resolve(false))
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { type OnRequest, type ServeAt, type Served, serve } from './serve.ts'

/** An HTTP answer, read whole. */
export type Answer = { readonly status: number; readonly body: string }

/** Where to ask: a TCP address, or a unix socket, and how long to wait in milliseconds. */
export type Asked = {
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly path: string
  readonly method?: string
  readonly timeoutMs: number
}

/** The network of this machine. */
export type Net = {
  /** True when this address and port can be bound now. */
  readonly canListen: (address: string, port: number) => Promise<boolean>
  /** True when a TCP connection is taken in time. */
  readonly connects: (host: string, port: number, timeoutMs: number) => Promise<boolean>
  /** Asks over HTTP; undefined when nobody answers in time. */
  readonly ask: (asked: Asked) => Promise<Answer | undefined>
  /** Serves HTTP; rejects with the system's error when the address cannot be bound. */
  readonly serve: (at: ServeAt, onRequest: OnRequest) => Promise<Served>
}

/** The real network. */
export function realNet(): Net {
  return { canListen, connects, ask, serve }
}

function canListen(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function connects(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const done = (taken: boolean) => {
      socket.destroy()
      resolve(taken)
    }
    socket.once('connect', () => done(true))
    socket.once('timeout', () => done(false))
    socket.once('error', () => done(false))
  })
}

function ask({ host, port, socket, path, method, timeoutMs }: Asked): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const target = socket === undefined ? { host: host ?? '127.0.0.1', port } : { socketPath: socket }
    const asked = request(
      { ...target, path, method: method ?? 'GET', signal: AbortSignal.timeout(timeoutMs) },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', () => resolve(undefined))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        )
      },
    )
    asked.on('error', () => resolve(undefined))
    asked.end()
  })
}

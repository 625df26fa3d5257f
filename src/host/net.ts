import type { IncomingMessage } from 'node:http'
import { type FollowEnd, type Followed, follow } from './follow.ts'
import { type Knock, knock } from './knock.ts'
import { listenFault } from './listen-fault.ts'
import { type OnRequest, type ServeAt, type Served, serve } from './serve.ts'

/** An HTTP answer, read whole unless `isCut`. */
export type Answer = { readonly status: number; readonly body: string; readonly isCut?: boolean }

/** Where to ask: a TCP address, or a unix socket, and how long to wait in milliseconds. */
export type Asked = {
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal
  /** No more of the answer than about so much is read. */
  readonly mostBytes?: number
}

/** The network of this machine. */
export type Net = {
  /** True when this address and port can be bound now. */
  readonly canListen: (address: string, port: number) => Promise<boolean>
  /** Why they cannot be: the system's code (EADDRINUSE, EADDRNOTAVAIL, ENOTFOUND, EACCES…); undefined when they can. */
  readonly listenFault: (address: string, port: number) => Promise<string | undefined>
  /** Whether anybody listens there, without saying anything. */
  readonly knock: (host: string, port: number, timeoutMs: number) => Promise<Knock>
  /** Asks over HTTP; undefined when nobody answers in time. */
  readonly ask: (asked: Asked) => Promise<Answer | undefined>
  /** Asks over HTTP and hands on the answer as it comes; resolves when it has ended, with undefined when nobody answers in time. */
  readonly follow: (followed: Followed) => Promise<FollowEnd | undefined>
  /** Serves HTTP; rejects with the system's error when the address cannot be bound. */
  readonly serve: (at: ServeAt, onRequest: OnRequest) => Promise<Served>
}

/** The real network. */
export function realNet(): Net {
  return { canListen, listenFault, knock, ask, follow, serve }
}

async function canListen(address: string, port: number): Promise<boolean> {
  return (await listenFault(address, port)) === undefined
}

// What speaks HTTP is loaded when somebody is first asked: by then ComfyUI has been started.
async function ask(asked: Asked): Promise<Answer | undefined> {
  const { request } = await import('node:http')
  const { host, port, socket, path, method, headers, body, timeoutMs, signal } = asked
  const target = socket === undefined ? { host: host ?? '127.0.0.1', port } : { socketPath: socket }
  const late = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve) => {
    const sent = request(
      {
        ...target,
        path,
        method: method ?? 'GET',
        headers: headers ?? {},
        signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      },
      (answer) => void readAnswer(answer, asked.mostBytes).then(resolve),
    )
    sent.on('error', () => resolve(undefined))
    sent.end(body)
  })
}

/** Of an answer that nobody bounds, bytes: whoever listens on a port may send without end. */
const MOST_BYTES = 16 * 1024 * 1024

function readAnswer(answer: IncomingMessage, mostBytes = MOST_BYTES): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const read = () => ({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() })
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= mostBytes) return
      resolve({ ...read(), isCut: true })
      answer.destroy()
    })
    answer.on('error', () => resolve(undefined))
    answer.on('end', () => resolve(read()))
  })
}

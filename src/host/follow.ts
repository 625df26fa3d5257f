import type { IncomingMessage } from 'node:http'

/** What to ask for and hand on as it comes. */
export type Followed = {
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly path: string
  /** Longest wait for the answer to begin, milliseconds. */
  readonly timeoutMs: number
  /** Ends it. */
  readonly signal: AbortSignal
  /** Given each part; false when it takes no more until `onDrain` calls. */
  readonly onPart: (part: Uint8Array) => boolean
  readonly onDrain: (call: () => void) => void
}

/** How a followed answer ended; `isWhole` when whoever answered ended it. */
export type FollowEnd = { readonly status: number; readonly isWhole: boolean }

/** Asks over HTTP and hands on the answer as it comes; resolves when it has ended, with undefined when nobody answers in time. */
export async function follow(followed: Followed): Promise<FollowEnd | undefined> {
  const { host, port, socket, path, ...how } = followed
  const { request } = await import('node:http')
  const target = socket === undefined ? { host: host ?? '127.0.0.1', port } : { socketPath: socket }
  return new Promise((resolve) => {
    let begun: IncomingMessage | undefined
    const ended = (isWhole: boolean) => resolve(begun && { status: begun.statusCode ?? 0, isWhole })
    const asked = request({ ...target, path, agent: false, signal: how.signal }, (answer) => {
      begun = answer
      asked.setTimeout(0)
      hand(answer, how)
      answer.on('end', () => ended(true))
      answer.on('error', () => ended(false))
    })
    asked.setTimeout(how.timeoutMs, () => asked.destroy())
    asked.on('error', () => ended(false))
    asked.end()
  })
}

function hand(answer: IncomingMessage, { onPart, onDrain }: Pick<Followed, 'onPart' | 'onDrain'>): void {
  answer.on('data', (part: Buffer) => {
    if (onPart(part)) return
    answer.pause()
    onDrain(() => answer.resume())
  })
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A server on the loopback that writes down what it is asked; it is closed when the test is finished. */
export type LocalServer = {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** `GET /path?query` of each request since the start, or since `forget`. */
  readonly requests: () => readonly string[]
  readonly forget: () => void
  /** From now on connections are cut as soon as they are there: the host is up and nobody answers. */
  readonly goAway: () => void
  readonly comeBack: () => void
  readonly close: () => Promise<void>
}

/** Answers one request; what it throws becomes a 500. */
export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>

/** Starts a server; outside of a test `close` is for the caller. */
export async function localServer(answer: Answer): Promise<LocalServer> {
  let asked: string[] = []
  let isAway = false
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    asked.push(`${request.method} ${request.url}`)
    Promise.resolve()
      .then(() => answer(request, response, url))
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.on('connection', (socket) => {
    if (isAway) socket.destroy()
  })
  // The program may keep a connection while it looks at what came.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await closeAtEnd(close)
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    requests: () => asked,
    forget: () => {
      asked = []
    },
    goAway: () => {
      isAway = true
      server.closeAllConnections()
    },
    comeBack: () => {
      isAway = false
    },
    close,
  }
}

// A benchmark has no test that could finish, and no test runner to ask.
async function closeAtEnd(close: () => Promise<void>): Promise<void> {
  if (process.env.VITEST === undefined) return
  const { onTestFinished } = await import('vitest')
  onTestFinished(close)
}

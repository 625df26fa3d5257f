import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createGunzip } from 'node:zlib'
import { type LocalServer, localServer } from './local-server.ts'

/** A server of git’s smart HTTP protocol on the loopback. */
export type GitServer = LocalServer & {
  /** Answers the next requests with a status, as an overloaded host does. */
  readonly refuse: (times: number, status: number) => void
  /** Only those who send this as user:password are answered; others get 401. */
  readonly lock: (userAndPassword: string) => void
  /** What came in Authorization headers. */
  readonly credentials: () => readonly string[]
}

/** Starts a server of the bare repositories in a folder: `<url>/<name>.git`. Needs git-http-backend, which comes with git. */
export async function gitServer(folder: string): Promise<GitServer> {
  let refusals = { times: 0, status: 503 }
  let secret: string | undefined
  const credentials: string[] = []
  const server = await localServer(async (request, response, url) => {
    const given = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (given !== undefined) credentials.push(Buffer.from(given, 'base64').toString())
    if (refusals.times > 0) {
      refusals = { ...refusals, times: refusals.times - 1 }
      return void response.writeHead(refusals.status).end()
    }
    if (secret !== undefined && (given === undefined || credentials.at(-1) !== secret))
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
    await backend(folder, request, { response, url })
  })
  return {
    ...server,
    refuse: (times, status) => {
      refusals = { times, status }
    },
    lock: (userAndPassword) => {
      secret = userAndPassword
    },
    credentials: () => credentials,
  }
}

async function backend(
  folder: string,
  request: IncomingMessage,
  { response, url }: { response: ServerResponse; url: URL },
): Promise<void> {
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
    },
  })
  const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
  // One that has read enough closes its end.
  child.stdin.on('error', () => body.unpipe())
  body.pipe(child.stdin)
  response.on('close', () => child.kill())
  await answerAsSaid(child.stdout, response)
}

// What comes first are headers as a CGI program writes them.
async function answerAsSaid(said: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head = Buffer.alloc(0)
  let begun = false
  for await (const chunk of said) {
    if (begun) {
      response.write(chunk)
      continue
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) continue
    begun = true
    writeHead(head.subarray(0, end).toString(), response)
    response.write(head.subarray(end + 4))
  }
  response.end()
}

function writeHead(text: string, response: ServerResponse): void {
  const headers = text.split('\r\n').map((line) => line.split(/: (.*)/s))
  const status = headers.find(([name]) => name === 'Status')?.[1]
  for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value)
  response.writeHead(status === undefined ? 200 : Number.parseInt(status, 10))
}

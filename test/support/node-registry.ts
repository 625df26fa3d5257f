import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type LocalServer, localServer } from './local-server.ts'

/** One version of a node in the registry; `zip` is what is downloaded. */
export type Published = {
  readonly id: string
  readonly version: string
  readonly zip: Buffer
  readonly dependencies?: readonly string[]
}

/** How downloads go. `cut` sends that many bytes and drops the connection, as often as `times` says. */
export type Manners = {
  readonly cut?: { readonly afterBytes: number; readonly times: number }
  /** Bytes in each millisecond. */
  readonly bytesPerMs?: number
  /** Something else than what was published. */
  readonly content?: Buffer
  /** Answers with this status instead. */
  readonly status?: number
  /** Ranges are not honoured: 200 with everything. */
  readonly noRange?: boolean
}

/** A registry of nodes on the loopback, and downloads of any zip. */
export type NodeRegistry = LocalServer & {
  readonly publish: (...versions: readonly Published[]) => void
  /** Address of a zip that the registry does not know of, for zip sources. */
  readonly putZip: (name: string, zip: Buffer) => string
  readonly behave: (manners: Manners) => void
}

/** Starts a registry: /nodes/{id}, /nodes/{id}/install, /nodes/{id}/versions, and /files/ with Range and ETag. */
export async function nodeRegistry(...published: readonly Published[]): Promise<NodeRegistry> {
  const versions = [...published]
  const files = new Map(published.map((each) => [fileOf(each), each.zip]))
  let manners: Manners = {}
  let cuts = 0
  const server: LocalServer = await localServer(async (request, response, url) => {
    const [, kind, name = '', act] = url.pathname.split('/')
    const file = files.get(decodeURIComponent(name))
    if (kind === 'files' && file !== undefined) {
      const isCut = manners.cut !== undefined && cuts < manners.cut.times
      if (isCut) cuts++
      await send(response, {
        file,
        range: request.headers.range,
        ...manners,
        cut: isCut ? manners.cut : undefined,
      })
      return
    }
    const known = versions.filter(({ id }) => id === decodeURIComponent(name))
    const found =
      kind === 'nodes' ? answerOf(server.url, known, act, url.searchParams.get('version')) : undefined
    if (found === undefined) json(response, 404, { error: 'NOT_FOUND', message: 'Node not found' })
    else json(response, 200, found)
  })
  return {
    ...server,
    publish: (...more) => {
      versions.push(...more)
      for (const each of more) files.set(fileOf(each), each.zip)
    },
    putZip: (name, zip) => {
      files.set(name, zip)
      return `${server.url}/files/${encodeURIComponent(name)}`
    },
    behave: (next) => {
      manners = next
      cuts = 0
    },
  }
}

function fileOf({ id, version }: Published): string {
  return `${id}-${version}.zip`
}

// The newest is what was published last.
function answerOf(
  top: string,
  known: readonly Published[],
  act: string | undefined,
  version: string | null,
): unknown {
  const versions = known.map((each) => ({
    id: createHash('sha256').update(fileOf(each)).digest('hex').slice(0, 32),
    node_id: each.id,
    version: each.version,
    changelog: '',
    dependencies: each.dependencies ?? [],
    deprecated: false,
    status: 'NodeVersionStatusActive',
    downloadUrl: `${top}/files/${encodeURIComponent(fileOf(each))}`,
  }))
  const latest = versions.at(-1)
  if (latest === undefined) return undefined
  if (act === 'versions') return versions.toReversed()
  if (act === 'install') return version === null ? latest : versions.find((each) => each.version === version)
  return act === undefined ? { id: latest.node_id, name: latest.node_id, latest_version: latest } : undefined
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

type Sending = Omit<Manners, 'cut'> & {
  readonly file: Buffer
  readonly range: string | undefined
  readonly cut: Manners['cut'] | undefined
}

async function send(response: ServerResponse, sending: Sending): Promise<void> {
  const { content = sending.file, cut, bytesPerMs, status, noRange } = sending
  if (status !== undefined) return void response.writeHead(status).end()
  const etag = `"${createHash('sha256').update(content).digest('hex')}"`
  const start = noRange ? 0 : Number(/^bytes=(\d+)-$/.exec(sending.range ?? '')?.[1] ?? 0)
  if (start > content.length) return void response.writeHead(416).end()
  const rest = content.subarray(start)
  response.writeHead(start > 0 ? 206 : 200, {
    'content-type': 'application/zip',
    'content-length': rest.length,
    'accept-ranges': noRange ? 'none' : 'bytes',
    etag,
    ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
  })
  const wanted = cut === undefined ? rest : rest.subarray(0, cut.afterBytes)
  for (let at = 0; at < wanted.length && !response.destroyed; at += 4096) {
    await new Promise((resolve) => response.write(wanted.subarray(at, at + 4096), resolve))
    if (bytesPerMs !== undefined) await new Promise((resolve) => setTimeout(resolve, 4096 / bytesPerMs))
  }
  if (cut === undefined) response.end()
  else response.destroy()
}

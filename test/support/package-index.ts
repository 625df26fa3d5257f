import { createHash } from 'node:crypto'
import { type LocalServer, localServer } from './local-server.ts'
import type { Wheel } from './wheel.ts'

/** A package index on the loopback. */
export type PackageIndex = LocalServer & {
  /** For pip’s and uv’s --index-url. */
  readonly simple: string
  readonly add: (...wheels: readonly Wheel[]) => void
  /** The variables by which pip and uv ask this index and no other, and read nobody’s configuration. */
  readonly env: Readonly<Record<string, string>>
}

/** Starts a package index with pages as the simple repository API has them (HTML), metadata beside each wheel. */
export async function packageIndex(...wheels: readonly Wheel[]): Promise<PackageIndex> {
  const shelf = new Map(wheels.map((each) => [each.file, each]))
  const server = await localServer((_, response, { pathname }) => {
    const [, kind, name = ''] = pathname.split('/')
    const found = kind === 'files' ? fileOf(shelf, name) : kind === 'simple' ? page(shelf, name) : undefined
    if (found === undefined) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-type': kind === 'simple' ? 'text/html' : 'application/octet-stream' })
        .end(found)
  })
  const simple = `${server.url}/simple/`
  return {
    ...server,
    simple,
    add: (...more) => {
      for (const each of more) shelf.set(each.file, each)
    },
    env: {
      PIP_INDEX_URL: simple,
      PIP_FIND_LINKS: '',
      PIP_CONFIG_FILE: '/dev/null',
      UV_DEFAULT_INDEX: simple,
      UV_NO_CONFIG: '1',
    },
  }
}

function fileOf(shelf: ReadonlyMap<string, Wheel>, name: string): Buffer | string | undefined {
  const found = shelf.get(name.replace(/\.metadata$/, ''))
  return name.endsWith('.metadata') ? found?.metadata : found?.bytes
}

function page(shelf: ReadonlyMap<string, Wheel>, name: string): string | undefined {
  const wheels = [...shelf.values()].filter(({ spec }) => normal(spec.name) === name)
  if (wheels.length === 0) return undefined
  const links = wheels.map(({ file, bytes, metadata, spec }) => {
    const needs = spec.requiresPython?.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    const python = needs === undefined ? '' : ` data-requires-python="${needs}"`
    const core = `sha256=${digestOf(metadata)}`
    return `<a href="/files/${file}#sha256=${digestOf(bytes)}" data-core-metadata="${core}"${python}>${file}</a><br>`
  })
  return `<!DOCTYPE html><html><body>\n${links.join('\n')}\n</body></html>\n`
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-')
}

function digestOf(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

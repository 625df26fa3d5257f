import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vendorIn } from '../../../base/node-places.ts'
import { Problem } from '../../../base/problem.ts'
import { redact } from '../../../base/secret.ts'
import { sizeText } from '../../../base/text.ts'
import { escapeName } from '../../../base/tree-path.ts'
import type { Host } from '../../../host/host.ts'
import { removeQuietly } from './remove-quietly.ts'
import { msLeft, withTries } from './time-left.ts'
import type { Getting } from './to-check-out.ts'

/** An archive to get; `sha256` of exactly the one that is wanted, where that is known. */
export type ArchiveWanted = {
  readonly name: string
  readonly url: string
  readonly sha256: string | undefined
}

/** An archive that lies on this machine; `isOurs` when it is to be removed after use. */
export type GotArchive = { readonly path: string; readonly sha256: string; readonly isOurs: boolean }

/** Archives that are larger are no code of a node, bytes. */
const MOST_BYTES = 2 * 1024 ** 3

/** Gets an archive: from the vendor folder, else from its address, going on with what an earlier try got. Throws a problem. */
export async function getArchive(host: Host, wanted: ArchiveWanted, getting: Getting): Promise<GotArchive> {
  const { name, sha256 } = wanted
  const { offline, vendorFolder } = getting.settings
  const vendored = sha256 === undefined ? undefined : `${vendorIn(vendorFolder).archives}/${sha256}.zip`
  if (vendored !== undefined && sha256 !== undefined && (await hasDigest(host, vendored, sha256)))
    return { path: vendored, sha256, isOurs: false }
  const url = redact(wanted.url)
  if (wanted.url.startsWith('file:')) return localArchive(host, wanted)
  if (offline) throw new Problem('NODE_OFFLINE', { name, source: url, vendor: vendorFolder })
  await host.fs.makeFolder(getting.layout.downloads)
  const path = `${getting.layout.downloads}/${nameOf(wanted)}.zip`
  const found = await withTries(host, { url, getting }, () => download(host, { ...wanted, path }, getting))
  if (sha256 === undefined || found === sha256) return { path, sha256: found, isOurs: true }
  await removeQuietly(host, path)
  throw new Problem('NODE_ARCHIVE_CHANGED', { name, url, wanted: sha256, found })
}

// Two nodes may come from one address, and at the same time.
function nameOf({ name, url }: ArchiveWanted): string {
  return createHash('sha256').update(`${name}\n${url}`).digest('hex')
}

async function hasDigest(host: Host, path: string, sha256: string): Promise<boolean> {
  return (await digestAt(host, path)) === sha256
}

async function digestAt(host: Host, path: string): Promise<string | undefined> {
  if ((await host.fs.follow(path))?.kind !== 'file') return undefined
  const [found] = await host.archive.digests(dirname(path), [escapeName(Buffer.from(basename(path)))])
  return found
}

// One that lies on this machine is read where it lies.
async function localArchive(host: Host, { name, url, sha256 }: ArchiveWanted): Promise<GotArchive> {
  const path = fileURLToPath(url)
  const found = await digestAt(host, path)
  if (found === undefined) throw new Problem('NODE_REFUSED', { name, url, reason: 'there is no such file' })
  if (sha256 === undefined || found === sha256) return { path, sha256: found, isOurs: false }
  throw new Problem('NODE_ARCHIVE_CHANGED', { name, url, wanted: sha256, found })
}

async function download(
  host: Host,
  { name, sha256, path, url }: ArchiveWanted & { readonly path: string },
  getting: Getting,
): Promise<string> {
  const got = await host.download.file({
    ...{ url, path, mostBytes: MOST_BYTES, timeoutMs: msLeft(host, getting), signal: getting.signal },
    ...(sha256 === undefined ? {} : { sha256 }),
  })
  const shown = redact(url)
  switch (got.kind) {
    case 'got':
      return got.sha256
    case 'refused':
      throw new Problem('NODE_REFUSED', { name, url: shown, reason: `it answers ${got.status}` })
    case 'too-large':
      throw new Problem('NODE_ARCHIVE_BAD', {
        name,
        url: shown,
        reason: `it is larger than ${sizeText(got.mostBytes)}`,
      })
    case 'unreachable':
      throw new Problem('NODE_UNREACHABLE', { name, url: shown, reason: got.reason })
  }
}

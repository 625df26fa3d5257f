import { Problem } from '../../../base/problem.ts'
import { redact } from '../../../base/secret.ts'
import type { Host } from '../../../host/host.ts'
import { withoutSecret } from '../manifest/addresses.ts'
import { askRegistry, type RegistryWanted } from './ask-registry.ts'
import { type ArchiveWanted, type GotArchive, getArchive } from './get-archive.ts'
import { MARKERS, TRACKING } from './marker.ts'
import { removeQuietly } from './remove-quietly.ts'
import type { Getting } from './to-check-out.ts'

/** What was unpacked, from where, and the escaped paths of its files and links. */
export type Unpacked = {
  readonly archive: { readonly url: string; readonly sha256: string }
  readonly members: readonly string[]
}

/** What a lock says of an archive. */
export type Pinned = Unpacked['archive'] | undefined

/** Fills the staged folder with the files of a version in the registry, as ComfyUI-Manager would: it then knows it as its own. */
export async function fromRegistry(
  host: Host,
  { pinned, staged, ...wanted }: RegistryWanted & { readonly pinned: Pinned; readonly staged: string },
  getting: Getting,
): Promise<Unpacked & { readonly version: string }> {
  const { name, version } = wanted
  const known = pinned === undefined || version === undefined ? undefined : { ...pinned, version }
  const { url, got, ...found } = await getPublished(host, { ...wanted, known }, getting)
  const { names, members } = await unpack(host, { name, url, got }, { staged, stripTop: false })
  await host.fs.write(`${staged}/${TRACKING}`, names.join('\n'))
  await removeOurs(host, got)
  return { version: found.version, archive: { url: withoutSecret(url), sha256: got.sha256 }, members }
}

/** Fills the staged folder with the files of an archive, without the one folder that they all lie in. */
export async function fromZip(
  host: Host,
  { staged, ...wanted }: ArchiveWanted & { readonly staged: string },
  getting: Getting,
): Promise<Unpacked> {
  const got = await getArchive(host, wanted, getting)
  const { members } = await unpack(host, { ...wanted, got }, { staged, stripTop: true })
  await removeOurs(host, got)
  return { archive: { url: wanted.url, sha256: got.sha256 }, members }
}

type Known = (NonNullable<Pinned> & { readonly version: string }) | undefined

type GotPublished = { readonly version: string; readonly url: string; readonly got: GotArchive }

// Where an archive was once need not be where it is now; what it is, its digest says.
async function getPublished(
  host: Host,
  { known, ...wanted }: RegistryWanted & { readonly known: Known },
  getting: Getting,
): Promise<GotPublished> {
  const { name } = wanted
  if (known !== undefined) {
    try {
      return {
        version: known.version,
        url: known.url,
        got: await getArchive(host, { name, ...known }, getting),
      }
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'NODE_REFUSED') throw error
    }
  }
  if (getting.settings.offline) throw offline(wanted, getting)
  const { version, url } = await askRegistry(host, wanted, getting)
  return { version, url, got: await getArchive(host, { name, url, sha256: known?.sha256 }, getting) }
}

function offline({ name, id, version }: RegistryWanted, { settings }: Getting): Problem {
  const source = version === undefined ? id : `${id}@${version}`
  return new Problem('NODE_OFFLINE', { name, source, vendor: settings.vendorFolder })
}

type Packed = { readonly name: string; readonly url: string; readonly got: GotArchive }

async function unpack(
  host: Host,
  { name, url, got }: Packed,
  { staged, stripTop }: { readonly staged: string; readonly stripTop: boolean },
): Promise<{ readonly names: readonly string[]; readonly members: readonly string[] }> {
  const bytes = (await host.fs.follow(got.path))?.bytes ?? 0
  const mostBytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytes * MOST_RATIO))
  const unpacked = await host.archive.unpack(got.path, {
    into: staged,
    stripTop,
    mostBytes,
    mostMembers: MOST_MEMBERS,
  })
  const reason = unpacked.kind === 'bad' ? unpacked.reason : await takenName(host, staged)
  if (unpacked.kind === 'unpacked' && reason === undefined) return unpacked
  await removeOurs(host, got)
  throw new Problem('NODE_ARCHIVE_BAD', { name, url: redact(url), reason: reason ?? '' })
}

// What lies under these names would be taken for git's or ours.
async function takenName(host: Host, staged: string): Promise<string | undefined> {
  for (const name of ['.git', ...MARKERS]) {
    const kind = (await host.fs.look(`${staged}/${name}`))?.kind
    if (kind !== undefined && !(kind === 'file' && name === TRACKING)) return `it has «${name}» in it`
  }
  return undefined
}

/** Source code packs to a tenth; a hundred times as much out as in is made to fill disks. Small ones may do as they like. */
const MOST_RATIO = 100
const LEAST_BYTES = 64 * 1024 ** 2
const MOST_BYTES = 4 * 1024 ** 3
const MOST_MEMBERS = 100_000

async function removeOurs(host: Host, { path, isOurs }: GotArchive): Promise<void> {
  if (isOurs) await removeQuietly(host, path)
}

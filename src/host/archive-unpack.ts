import { createWriteStream } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import type { Unpacked, Unpacking } from './archive.ts'
import { leadsInside } from './archive-links.ts'
import { type Listed, type Placed, placeMembers, shownPath } from './archive-members.ts'
import { inFlight } from './in-flight.ts'

/** Unpacks a zip: all members are looked at first, links are made last. */
export async function unpack(path: string, unpacking: Unpacking): Promise<Unpacked> {
  let zip: ZipFile | undefined
  try {
    zip = await openPromise(path, { autoClose: false, validateEntrySizes: true })
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) if (entries.push(entry) > unpacking.mostMembers) break
    const placed = placeMembers(entries.map(listedOf), unpacking)
    if (typeof placed === 'string') return { kind: 'bad', reason: placed }
    const members = entries.flatMap((entry, at) => {
      const place = placed[at]
      return place === undefined ? [] : [{ entry, ...place }]
    })
    const fault = await unpackMembers(zip, members, unpacking.into)
    if (fault !== undefined) return { kind: 'bad', reason: fault }
    const leaves = members.filter(({ kind }) => kind !== 'folder')
    return {
      kind: 'unpacked',
      names: entries.map(({ fileName }) => fileName),
      members: leaves.map((each) => shownPath(each.path)),
    }
  } catch (error) {
    // What the disk says has the name of a system call in it; all else is about the bytes of the archive.
    if (!(error instanceof Error) || 'syscall' in error) throw error
    return { kind: 'bad', reason: error.message.replace(/\.$/, '') }
  } finally {
    zip?.close()
  }
}

const MADE_ON_UNIX = 3

function listedOf(entry: Entry): Listed {
  const isUnix = entry.versionMadeBy >> 8 === MADE_ON_UNIX
  return {
    name: entry.fileName,
    mode: isUnix ? entry.externalFileAttributes >>> 16 : undefined,
    bytes: entry.uncompressedSize,
    isReadable: entry.canDecodeFileData(),
  }
}

type Member = Placed & { readonly entry: Entry }

async function unpackMembers(
  zip: ZipFile,
  members: readonly Member[],
  into: string,
): Promise<string | undefined> {
  const folders = members.map(({ kind, path }) =>
    kind === 'folder' ? `${into}/${path}` : dirname(`${into}/${path}`),
  )
  for (const folder of [into, ...new Set(folders)]) await mkdir(folder, { recursive: true })
  await unpackFiles(
    zip,
    members.filter(({ kind }) => kind === 'file'),
    into,
  )
  for (const { entry, path } of members.filter(({ kind }) => kind === 'link')) {
    if (entry.uncompressedSize > MOST_TARGET) return `the link «${shownPath(path)}» has no sensible target`
    const target = (await buffer(await zip.openReadStreamPromise(entry))).toString()
    if (!leadsInside(path, target)) return `the link «${shownPath(path)}» leads out of the folder`
    await symlink(target, `${into}/${path}`)
  }
  return undefined
}

// After the first fault nothing more is begun, and nothing is still being written when it is thrown.
async function unpackFiles(zip: ZipFile, files: readonly Member[], into: string): Promise<void> {
  const faults: unknown[] = []
  await inFlight(files, async ({ entry, path, mode }) => {
    if (faults.length > 0) return
    try {
      const content = await zip.openReadStreamPromise(entry)
      await pipeline(content, summed(entry), createWriteStream(`${into}/${path}`, { flags: 'wx', mode }))
    } catch (error) {
      faults.push(error)
    }
  })
  if (faults.length > 0) throw faults[0]
}

// The library compares sizes only.
function summed({ crc32: wanted, fileName }: Entry): Transform {
  let sum = 0
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      sum = crc32(chunk, sum)
      done(null, chunk)
    },
    flush: (done) =>
      done(sum === wanted ? null : new Error(`«${shownPath(fileName)}» has other bytes than its sum says`)),
  })
}

/** Longest path that Linux takes, bytes. */
const MOST_TARGET = 4096

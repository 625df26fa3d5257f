import { escapeName } from '../base/tree-path.ts'
import type { Fs } from '../host/fs.ts'
import { createHash } from '../host/hash.ts'
import { orAbsent } from './or-absent.ts'

/** One file that git tracks. */
export type Tracked = {
  /** Relative to the tree, escaped as in a TreeEntry. */
  readonly path: string
  /** Permission bits, 0o644 or 0o755 for a file. */
  readonly mode: number
  readonly kind: 'file' | 'link' | 'submodule'
  /** Size and time of the file when git last looked; 32 bits each, the time in seconds and nanoseconds. */
  readonly bytes: number
  readonly mtime: readonly [seconds: number, nanoseconds: number]
  /** Id of the content, in hexadecimal: 40 digits of SHA-1 or 64 of SHA-256. */
  readonly id: string
  /** Git was told that it need not be there (a sparse checkout). */
  readonly mayBeAbsent: boolean
}

/** Larger than the index of any ComfyUI by far; what is larger is not read. */
const MOST_BYTES = 32 * 1024 ** 2

/**
 * The files that git tracks in a tree, read without git from its index (git's «index-format»: versions 2, 3 and 4). Undefined
 * where there is none, and where it cannot be trusted: its checksum is wrong, it is cut off, or only a part of a split one.
 */
export async function lookTracked(fs: Fs, tree: string): Promise<readonly Tracked[] | undefined> {
  const bytes = await orAbsent(fs.readPart(`${tree}/.git/index`, 0, await sizeOf(fs, `${tree}/.git/index`)))
  return bytes === undefined ? undefined : parseIndex(Buffer.from(bytes))
}

async function sizeOf(fs: Fs, path: string): Promise<number> {
  const size = (await orAbsent(fs.follow(path)))?.bytes ?? 0
  return size > MOST_BYTES ? 0 : size
}

/** The files in the bytes of an index. */
export function parseIndex(bytes: Buffer): readonly Tracked[] | undefined {
  const idBytes = idBytesOf(bytes)
  if (idBytes === undefined) return undefined
  for (const each of idBytes) {
    const found = parseWith(bytes, each)
    if (found !== undefined) return found
  }
  return undefined
}

const SHA1_BYTES = 20
const SHA256_BYTES = 32

// The checksum at the end tells which ids are used. Git may be told to leave it out (index.skipHash): then both are tried.
function idBytesOf(bytes: Buffer): readonly number[] | undefined {
  if (isSum('sha1', bytes, SHA1_BYTES)) return [SHA1_BYTES]
  if (isSum('sha256', bytes, SHA256_BYTES)) return [SHA256_BYTES]
  const isLeftOut = bytes.length > SHA1_BYTES && bytes.subarray(-SHA1_BYTES).every((byte) => byte === 0)
  return isLeftOut ? [SHA1_BYTES, SHA256_BYTES] : undefined
}

function isSum(algorithm: 'sha1' | 'sha256', bytes: Buffer, length: number): boolean {
  if (bytes.length <= length) return false
  const sum = createHash(algorithm).update(bytes.subarray(0, -length)).digest()
  return sum.equals(bytes.subarray(-length))
}

function parseWith(bytes: Buffer, idBytes: number): readonly Tracked[] | undefined {
  try {
    return parse(bytes.subarray(0, bytes.length - idBytes), idBytes)
  } catch (error) {
    // Reading beyond the end: what looked like an index is none.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const HEAD_BYTES = 12

function parse(bytes: Buffer, idBytes: number): readonly Tracked[] | undefined {
  const version = bytes.readUInt32BE(4)
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) return undefined
  const left = bytes.readUInt32BE(8)
  const found: Tracked[] = []
  let at = HEAD_BYTES
  let name: Buffer = Buffer.alloc(0)
  for (let count = 0; count < left; count++) {
    const entry = parseEntry(bytes, { at, idBytes, version, before: name })
    if (entry === undefined) return undefined
    ;({ at, name } = entry)
    // A conflict has up to three entries of one path, none of which is what should be there.
    if (entry.stage === 0) found.push(entry.tracked)
  }
  return endsWell(bytes, at) ? found : undefined
}

type Place = {
  readonly at: number
  readonly idBytes: number
  readonly version: number
  /** Name of the entry before, of which version 4 repeats the beginning. */
  readonly before: Buffer
}

type Parsed = {
  readonly at: number
  readonly name: Buffer
  readonly stage: number
  readonly tracked: Tracked
}

const STAT_BYTES = 40
const EXTENDED = 0x4000
const SKIP_WORKTREE = 0x4000

function parseEntry(bytes: Buffer, { at, idBytes, version, before }: Place): Parsed | undefined {
  const flagsAt = at + STAT_BYTES + idBytes
  const flags = bytes.readUInt16BE(flagsAt)
  const isExtended = version > 2 && (flags & EXTENDED) !== 0
  const nameAt = flagsAt + (isExtended ? 4 : 2)
  const found = version === 4 ? shortened(bytes, nameAt, before) : padded(bytes, nameAt, at)
  const kind = kindOf(bytes.readUInt32BE(at + 24))
  if (found === undefined || kind === undefined) return undefined
  const tracked = {
    path: escapeName(found.name),
    mode: bytes.readUInt32BE(at + 24) & 0o777,
    kind,
    bytes: bytes.readUInt32BE(at + 36),
    mtime: [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)],
    id: bytes.toString('hex', at + STAT_BYTES, flagsAt),
    mayBeAbsent: isExtended && (bytes.readUInt16BE(flagsAt + 2) & SKIP_WORKTREE) !== 0,
  } as const
  return { ...found, stage: (flags >> 12) & 0x3, tracked }
}

type Name = { readonly at: number; readonly name: Buffer }

// The entry is filled up with zeros to a multiple of eight bytes, at least one.
function padded(bytes: Buffer, nameAt: number, entryAt: number): Name | undefined {
  const end = bytes.indexOf(0, nameAt)
  if (end <= nameAt) return undefined
  const length = end - entryAt
  return { name: bytes.subarray(nameAt, end), at: entryAt + length + 8 - (length % 8) }
}

function shortened(bytes: Buffer, countAt: number, before: Buffer): Name | undefined {
  let at = countAt
  let byte = bytes.readUInt8(at++)
  let dropped = byte & 0x7f
  for (; (byte & 0x80) !== 0; dropped = ((dropped + 1) << 7) | (byte & 0x7f)) byte = bytes.readUInt8(at++)
  const end = bytes.indexOf(0, at)
  if (end < at || dropped > before.length || dropped < 0) return undefined
  const kept = before.subarray(0, before.length - dropped)
  return { name: Buffer.concat([kept, bytes.subarray(at, end)]), at: end + 1 }
}

function kindOf(mode: number): Tracked['kind'] | undefined {
  switch (mode >> 12) {
    case 0o10:
      return 'file'
    case 0o12:
      return 'link'
    case 0o16:
      return 'submodule'
    default:
      return undefined
  }
}

// Of extensions, those that begin with a small letter change what the entries mean; git itself refuses unknown ones.
function endsWell(bytes: Buffer, entriesEnd: number): boolean {
  let at = entriesEnd
  while (at < bytes.length) {
    const isOptional = /^[A-Z]/.test(bytes.toString('latin1', at, at + 1))
    if (!isOptional) return false
    at += 8 + bytes.readUInt32BE(at + 4)
  }
  return at === bytes.length
}

import { escapeName } from '../../base/tree-path.ts'
import type { Found, Kind, Listed } from './calls.ts'

/** struct statx of Linux, the same on every architecture. */
export const FOUND_BYTES = 256

/** What a filled struct statx says. */
export function foundIn(buffer: Buffer): Found {
  const mode = buffer.readUInt16LE(28)
  const links = buffer.readUInt32LE(16)
  return {
    kind: KINDS[mode >> 12] ?? 'other',
    mode: mode & 0o7777,
    bytes: wide(buffer, 40),
    storedBytes: wide(buffer, 48) * 512,
    links,
    identity: links > 1 ? identityIn(buffer) : '',
    seconds: buffer.readInt32LE(116) * 2 ** 32 + buffer.readUInt32LE(112),
    nanoseconds: buffer.readUInt32LE(120),
    hasOwnTime: buffer.subarray(96, 108).equals(buffer.subarray(112, 124)),
  }
}

/** The entries in so many bytes of what getdents64 filled in, without `.` and `..`. */
export function listedIn(buffer: Buffer, bytes: number): readonly Listed[] {
  const found: Listed[] = []
  for (let at = 0; at < bytes; at += buffer.readUInt16LE(at + 16)) {
    const end = buffer.indexOf(0, at + 19)
    if (isDots(buffer, at + 19, end)) continue
    const name = Buffer.from(buffer.subarray(at + 19, end + 1))
    found.push({
      name: { text: escapeName(name.subarray(0, -1)), bytes: name },
      inode: wide(buffer, at),
      kind: buffer[at + 18] === 0 ? undefined : (KINDS[buffer[at + 18] ?? 0] ?? 'other'),
    })
  }
  return found
}

/** The type of an entry: the upper four bits of its mode, and the same numbers in a folder's list. */
const KINDS: Readonly<Record<number, Kind>> = { 4: 'folder', 8: 'file', 10: 'link' }

const DOT = 0x2e

function isDots(buffer: Buffer, from: number, end: number): boolean {
  if (buffer[from] !== DOT) return false
  return end - from === 1 || (end - from === 2 && buffer[from + 1] === DOT)
}

function identityIn(buffer: Buffer): string {
  return `${buffer.readUInt32LE(136)}:${buffer.readUInt32LE(140)}:${buffer.readBigUInt64LE(32)}`
}

function wide(buffer: Buffer, at: number): number {
  return buffer.readUInt32LE(at + 4) * 2 ** 32 + buffer.readUInt32LE(at)
}

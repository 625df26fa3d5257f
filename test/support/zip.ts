import { crc32, deflateRawSync } from 'node:zlib'

/** One member of a zip; `mode` is the Unix mode with its kind, a file of 644 when absent (0o120777 makes a link). */
export type ZipMember = {
  readonly name: string
  readonly data: string | Uint8Array
  readonly mode?: number
  /** What the zip says that the member unpacks to, in bytes; the truth when absent. */
  readonly claims?: number
}

/** A zip of exactly these members in their order, names as they are: with `..`, twice, absolute. */
export function zip(members: readonly ZipMember[]): Buffer {
  const packed = members.map(pack)
  const offsets = packed.map((_, at) => lengthOf(packed.slice(0, at).map(({ local }) => local)))
  const central = packed.map(({ entry }, at) => entry(offsets[at] ?? 0))
  const locals = packed.map(({ local }) => local)
  return Buffer.concat([...locals, ...central, end(members.length, lengthOf(central), lengthOf(locals))])
}

type Packed = { readonly local: Buffer; readonly entry: (offset: number) => Buffer }

function pack({ name, data, mode = 0o100644, claims }: ZipMember): Packed {
  const bytes = Buffer.from(data)
  const content = deflateRawSync(bytes)
  const path = Buffer.from(name)
  const size = claims ?? bytes.length
  // Version needed, flags (names are UTF-8), deflate, time and day, then sums and sizes: the same in both headers.
  const shared = Buffer.alloc(26)
  shared.writeUInt16LE(20, 0)
  shared.writeUInt16LE(0x800, 2)
  shared.writeUInt16LE(8, 4)
  shared.writeUInt16LE(0x21, 8)
  shared.writeUInt32LE(crc32(bytes), 10)
  shared.writeUInt32LE(content.length, 14)
  shared.writeUInt32LE(size, 18)
  shared.writeUInt16LE(path.length, 22)
  const entry = (offset: number) => {
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE((mode << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    // Made by version 3.0 on Unix.
    return Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 30, 3]), shared, rest, path])
  }
  return { local: Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), shared, path, content]), entry }
}

function end(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22)
  record.write('PK\u0005\u0006', 'latin1')
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(offset, 16)
  return record
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0)
}

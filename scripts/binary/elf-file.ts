/** One part of the file that is mapped: offsets into the file, addresses and lengths in bytes. */
export type Segment = {
  /** Where its program header lies in the file. */
  readonly header: number
  readonly isExecutable: boolean
  readonly offset: number
  readonly address: number
  readonly fileBytes: number
}

/** One entry of the dynamic section; `offset` is where it lies in the file. */
export type DynamicEntry = { readonly offset: number; readonly tag: number; readonly value: number }

/** A 64-bit little-endian ELF program in memory. Addresses are below 2^53. */
export type Elf = {
  readonly bytes: Buffer
  readonly machine: number
  /** The program lies where it says it does, not wherever the loader puts it. */
  readonly hasFixedAddresses: boolean
  readonly segments: readonly Segment[]
  readonly dynamic: readonly DynamicEntry[]
  /** The file offset of a mapped address. */
  readonly offsetOf: (address: number) => number
  /** The value of the dynamic entry with this tag; throws when there is none. */
  readonly dynamicValue: (tag: number) => number
  /** A text of the dynamic string table. */
  readonly dynamicString: (index: number) => string
}

const programHeader = { load: 1, dynamic: 2 } as const
const stringTableTag = 5

/** Reads what the build needs to know of a program; see elf(5). */
export function parseElf(bytes: Buffer): Elf {
  const headers = programHeaders(bytes)
  const segments = headers
    .filter((at) => bytes.readUInt32LE(at) === programHeader.load)
    .map((at) => segment(bytes, at))
  const dynamicHeader = headers.find((at) => bytes.readUInt32LE(at) === programHeader.dynamic)
  if (dynamicHeader === undefined) throw new Error('Cannot read the program. It has no dynamic section.')
  const { offset, fileBytes } = segment(bytes, dynamicHeader)
  const dynamic = dynamicEntries(bytes, offset, fileBytes)

  const offsetOf = (address: number): number => {
    const found = segments.find((one) => address >= one.address && address < one.address + one.fileBytes)
    if (found === undefined)
      throw new Error(`Cannot read the program. Nothing of the file is at 0x${address.toString(16)}.`)
    return address - found.address + found.offset
  }
  const dynamicValue = (tag: number): number => {
    const found = dynamic.find((entry) => entry.tag === tag)
    if (found === undefined)
      throw new Error(`Cannot read the program. It has no dynamic entry 0x${tag.toString(16)}.`)
    return found.value
  }
  const strings = offsetOf(dynamicValue(stringTableTag))
  const dynamicString = (index: number): string =>
    bytes.toString('latin1', strings + index, bytes.indexOf(0, strings + index))

  return {
    bytes,
    machine: bytes.readUInt16LE(18),
    hasFixedAddresses: bytes.readUInt16LE(16) === 2,
    segments,
    dynamic,
    offsetOf,
    dynamicValue,
    dynamicString,
  }
}

/** A 64-bit number of the file that is known to be small. */
export function readLong(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset))
}

/** Writes a 64-bit number into the file. */
export function writeLong(bytes: Buffer, offset: number, value: number): void {
  bytes.writeBigUInt64LE(BigInt(value), offset)
}

function programHeaders(bytes: Buffer): readonly number[] {
  const start = readLong(bytes, 32)
  const size = bytes.readUInt16LE(54)
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => start + index * size)
}

function segment(bytes: Buffer, header: number): Segment {
  return {
    header,
    isExecutable: (bytes.readUInt32LE(header + 4) & 1) === 1,
    offset: readLong(bytes, header + 8),
    address: readLong(bytes, header + 16),
    fileBytes: readLong(bytes, header + 32),
  }
}

function dynamicEntries(bytes: Buffer, start: number, length: number): readonly DynamicEntry[] {
  const entries = Array.from({ length: length / 16 }, (_, index) => {
    const offset = start + index * 16
    return { offset, tag: readLong(bytes, offset), value: readLong(bytes, offset + 8) }
  })
  return entries.slice(0, entries.findIndex(({ tag }) => tag === 0) + 1)
}

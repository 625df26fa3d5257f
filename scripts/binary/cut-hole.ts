import { parseElf, readLong, type Segment, writeLong } from './elf-file.ts'

/** Takes what lies between two offsets out of a program: a shorter file, all of whose addresses stay as they are. What
 *  was mapped there becomes a hole in the address space that nobody may read. Only whole pages go, and a little stays for
 *  the list of segments. Gives undefined when no page is left to take, or when the program is built in another way. */
export function cutHole(bytes: Buffer, from: number, to: number): Buffer | undefined {
  const { segments } = parseElf(bytes)
  const whole = segments.find(({ offset, fileBytes }) => offset <= from && to <= offset + fileBytes)
  if (whole === undefined || distance(whole) !== distance(segments[0] ?? whole)) return undefined

  const list = Math.ceil(from / 8) * 8
  const listEnd = list + (bytes.readUInt16LE(fields.segmentCount) + 1) * segmentBytes
  const page = readLong(bytes, whole.header + fields.alignment)
  const hole = { start: Math.ceil(listEnd / page) * page, end: Math.floor(to / page) * page }
  if (hole.end <= hole.start) return undefined

  const open = Buffer.from(bytes)
  splitSegment(open, whole, { hole, list })
  shiftSections(open, hole)
  return Buffer.concat([open.subarray(0, hole.start), open.subarray(hole.end)])
}

/** Between two offsets of the file as it was; both begin a page. */
type Hole = { readonly start: number; readonly end: number }

type Cut = { readonly hole: Hole; readonly list: number }

// Where the fields of a program's own header and of its lists of segments and sections lie; see elf(5).
const fields = {
  segmentList: 32,
  sectionList: 40,
  segmentCount: 56,
  sectionCount: 60,
  offset: 8,
  alignment: 48,
  sectionOffset: 24,
  sectionBytes: 32,
} as const
const segmentBytes = 56
const sectionBytes = 64
const listOfSegments = 6
const noBits = 8

/** Kernels before 5.18 tell the loader that the list of segments lies as far from the first one as it does in the file. So
 *  it may only lie where that is true, which it is not behind a hole. */
function distance({ offset, address }: Segment): number {
  return address - offset
}

/** Lists the segments anew in front of the hole, with one more. */
function splitSegment(bytes: Buffer, whole: Segment, { hole, list }: Cut): void {
  const { header, offset, address, fileBytes } = whole
  const old = readLong(bytes, fields.segmentList)
  const count = bytes.readUInt16LE(fields.segmentCount)
  const front = header + segmentBytes - old
  bytes.copy(bytes, list, old, old + front)
  bytes.copy(bytes, list + front, header, old + count * segmentBytes)
  writeLong(bytes, fields.segmentList, list)
  bytes.writeUInt16LE(count + 1, fields.segmentCount)

  const length = (count + 1) * segmentBytes
  for (let at = list; at < list + length; at += segmentBytes) {
    if (bytes.readUInt32LE(at) === listOfSegments)
      setExtent(bytes, at, { start: list, address: address + list - offset, length })
    moveUp(bytes, at + fields.offset, hole)
  }
  setExtent(bytes, list + front - segmentBytes, { start: offset, address, length: hole.start - offset })
  setExtent(bytes, list + front, {
    start: hole.start,
    address: address + hole.end - offset,
    length: offset + fileBytes - hole.end,
  })
}

type Extent = { readonly start: number; readonly address: number; readonly length: number }

/** The place in the file, the address twice (the second means nothing here), the length in the file and in memory. */
function setExtent(bytes: Buffer, header: number, { start, address, length }: Extent): void {
  for (const [index, value] of [start, address, address, length, length].entries())
    writeLong(bytes, header + fields.offset + index * 8, value)
}

/** Only tools read sections: those behind the hole move up, and the one that has the hole in it ends there. */
function shiftSections(bytes: Buffer, hole: Hole): void {
  const list = readLong(bytes, fields.sectionList)
  for (let index = 0; index < bytes.readUInt16LE(fields.sectionCount); index++) {
    const header = list + index * sectionBytes
    const start = readLong(bytes, header + fields.sectionOffset)
    const end = start + readLong(bytes, header + fields.sectionBytes)
    if (bytes.readUInt32LE(header + 4) !== noBits && start < hole.start && end > hole.start)
      writeLong(bytes, header + fields.sectionBytes, hole.start - start)
    moveUp(bytes, header + fields.sectionOffset, hole)
  }
  moveUp(bytes, fields.sectionList, hole)
}

function moveUp(bytes: Buffer, field: number, hole: Hole): void {
  const offset = readLong(bytes, field)
  if (offset >= hole.end) writeLong(bytes, field, offset - (hole.end - hole.start))
}

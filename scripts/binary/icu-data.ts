/** The data of ICU, the library behind Intl, inside a program: offsets into the file, in bytes. */
export type IcuData = {
  readonly offset: number
  readonly end: number
  readonly entries: readonly IcuEntry[]
}

/** One file of the package, say `icudt78l/zone/en.res`. */
export type IcuEntry = { readonly name: string; readonly start: number; readonly end: number }

/** Finds the package in a program; undefined when there is none, or not one single one of the form this knows. */
export function findIcuData(bytes: Buffer): IcuData | undefined {
  const [offset, another] = packages(bytes)
  if (offset === undefined || another !== undefined) return undefined
  const entries = entriesAt(bytes, offset + bytes.readUInt16LE(offset))
  const last = entries.at(-1)
  const areInOrder = entries.every(({ name, start, end }) => name.startsWith('icudt') && start < end)
  return areInOrder && last !== undefined ? { offset, end: last.end, entries } : undefined
}

/** A package of some of the entries, with the header of the whole one. */
export function icuDataOf(bytes: Buffer, { offset }: IcuData, kept: readonly IcuEntry[]): Buffer {
  const header = bytes.subarray(offset, offset + bytes.readUInt16LE(offset))
  const names = kept.map(({ name }) => Buffer.from(`${name}\0`, 'latin1'))
  const bodies = kept.map(({ start, end }) => bytes.subarray(start, end))
  const namesAt = 4 + kept.length * 8
  const namesBytes = names.reduce((sum, { length }) => sum + length, 0)
  // The table and every entry lie at multiples of 16 bytes, as they did before.
  const bodiesAt = Math.ceil((namesAt + namesBytes) / 16) * 16

  const table = Buffer.alloc(bodiesAt)
  table.writeUInt32LE(kept.length, 0)
  let nameAt = namesAt
  let bodyAt = bodiesAt
  for (const [index, name] of names.entries()) {
    table.writeUInt32LE(nameAt, 4 + index * 8)
    table.writeUInt32LE(bodyAt, 8 + index * 8)
    nameAt += name.copy(table, nameAt)
    bodyAt += bodies[index]?.length ?? 0
  }
  return Buffer.concat([header, table, ...bodies])
}

const magic = Buffer.from([0xda, 0x27])
const format = Buffer.from('CmnD\x01', 'latin1')

/** Where the headers of packages lie: their length first, then the magic, then, ten bytes on, what kind of data they are. */
function packages(bytes: Buffer): readonly number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(format); at !== -1; at = bytes.indexOf(format, at + 1)) {
    if (bytes.subarray(Math.max(at - 10, 0), at - 8).equals(magic)) found.push(at - 12)
  }
  return found
}

/** After the header: how many, then for each where its name and where its body lies, counted from that number. */
function entriesAt(bytes: Buffer, table: number): readonly IcuEntry[] {
  const count = bytes.readUInt32LE(table)
  const starts = Array.from(
    { length: count },
    (_, index) => table + bytes.readUInt32LE(table + 8 + index * 8),
  )
  return starts.map((start, index) => {
    const name = table + bytes.readUInt32LE(table + 4 + index * 8)
    return {
      name: bytes.toString('latin1', name, bytes.indexOf(0, name)),
      start,
      end: starts[index + 1] ?? endOfBundle(bytes, start),
    }
  })
}

/** Nothing follows the last entry that says where it ends. It is a resource bundle, which knows its length in words. */
function endOfBundle(bytes: Buffer, start: number): number {
  const body = start + bytes.readUInt16LE(start)
  const words =
    bytes.toString('latin1', start + 12, start + 16) === 'ResB' ? bytes.readUInt32LE(body + 16) : 0
  return body + words * 4
}

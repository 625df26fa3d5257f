import { type Elf, writeLong } from './elf-file.ts'

/** Machine code, made for the address it will lie at. */
export type Code = (address: number) => Buffer

/** Writes machine code into the padding behind the program's own and gives its address.
 *  Throws when there is no padding: nothing of the program is moved. */
export function appendCode({ bytes, segments }: Elf, code: Code): number {
  const text = segments.find(({ isExecutable }) => isExecutable)
  if (text === undefined) throw new Error('Cannot add code to the program. It has none of its own.')
  const start = Math.ceil(text.fileBytes / 16) * 16
  const body = code(text.address + start)
  const length = start + body.length
  const room = bytes.subarray(text.offset + text.fileBytes, text.offset + length)
  const pages = (bytesUsed: number) => Math.ceil((text.address + bytesUsed) / 4096)
  if (pages(length) !== pages(text.fileBytes) || room.some((byte) => byte !== 0)) {
    throw new Error('Cannot add code to the program. There is no room behind its own.')
  }
  body.copy(bytes, text.offset + start)
  writeLong(bytes, text.header + 32, length)
  writeLong(bytes, text.header + 40, length)
  return text.address + start
}

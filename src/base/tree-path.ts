/**
 * A name as one line of printable ASCII: every other byte, and `%`, is written as %XX. So names that are no UTF-8, or hold
 * a newline, survive in lists, messages and JSON.
 */
export function escapeName(name: Uint8Array): string {
  const text = Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1')
  return UNUSUAL.test(text) ? text.replace(EACH_UNUSUAL, escaped) : text
}

/** The bytes behind an escaped name or path. */
export function nameBytes(escapedName: string): Uint8Array {
  if (isPlain(escapedName)) return Buffer.from(escapedName, 'latin1')
  const byte = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))
  return Buffer.from(escapedName.replace(/%([0-9A-F]{2})/g, byte), 'latin1')
}

/** The absolute path, in bytes, of an escaped path relative to a folder; the empty path is the folder itself. */
export function pathBytes(folder: string, relative: string): Uint8Array {
  if (relative === '') return Buffer.from(folder)
  return Buffer.concat([Buffer.from(`${folder}/`), nameBytes(relative)])
}

/** Whether an escaped path is written as it is: it holds nothing that had to be escaped. */
export function isPlain(relative: string): boolean {
  return !relative.includes('%')
}

/** Anything but printable ASCII, and the sign that escapes. */
const UNUSUAL = /[^ -$&-~]/
const EACH_UNUSUAL = /[^ -$&-~]/g

function escaped(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

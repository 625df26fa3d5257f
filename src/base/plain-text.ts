/** What a program printed as text, so many bytes of it at most: U+FFFD for what is no UTF-8. */
export function decoded(bytes: Uint8Array, mostBytes: number): string {
  let end = Math.min(bytes.length, mostBytes)
  // A character that is cut in two is left out.
  const least = end - 3
  if (end < bytes.length) while (end > least && end > 0 && isInside(bytes[end])) end--
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString()
}

/** The same without what would steer a terminal: no escape sequences, no control characters but the tab, no blanks at its end. */
export function plainText(text: string): string {
  const plain = PLAIN.test(text) ? text : text.replace(ESCAPES, '').replace(CONTROLS, '')
  return plain.trimEnd()
}

/** Most lines are this: nothing to take out. */
const PLAIN = /^[\t\x20-\x7e\xa0-\uffff]*$/

/** Escape sequences of ECMA-48: CSI (colours, cursor), OSC (titles, links) up to its end, and the short ones. */
const ESC = '\u001b'
const ESCAPES = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)?|[ -/]*[0-~])`,
  'g',
)

/** All control characters but the tab. */
const CONTROLS = /(?!\t)\p{Cc}/gu

function isInside(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

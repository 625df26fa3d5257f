/**
 * The elements of the JSON array that begins at a place, each exactly as it is written, at most so many; undefined when there
 * is none. Read this way rather than parsed: seeds have 64 bits, floats may be NaN and nodes have an order, and JavaScript's
 * own reader would change all three.
 */
export function elementsOf(
  text: string,
  { from = 0, most = Number.POSITIVE_INFINITY }: { readonly from?: number; readonly most?: number } = {},
): readonly string[] | undefined {
  const start = skipBlanks(text, from)
  if (text[start] !== '[') return undefined
  const elements: string[] = []
  let at = skipBlanks(text, start + 1)
  if (text[at] === ']') return elements
  for (;;) {
    const end = endOfValue(text, at)
    if (end === undefined) return undefined
    elements.push(text.slice(at, end).trimEnd())
    at = skipBlanks(text, end)
    if (text[at] === ']' || elements.length === most) return elements
    if (text[at] !== ',') return undefined
    at = skipBlanks(text, at + 1)
  }
}

/** Where the value of a member of a JSON object begins; undefined when there is no such member before the end of the text. */
export function memberStart(text: string, name: string): number | undefined {
  let at = skipBlanks(text, 0)
  if (text[at] !== '{') return undefined
  at = skipBlanks(text, at + 1)
  while (text[at] === '"') {
    const keyEnd = endOfText(text, at)
    if (keyEnd === undefined) return undefined
    const start = skipBlanks(text, skipBlanks(text, keyEnd) + 1)
    if (text.slice(at + 1, keyEnd - 1) === name) return start
    const end = endOfValue(text, start)
    if (end === undefined) return undefined
    at = skipBlanks(text, skipBlanks(text, end) + 1)
  }
  return undefined
}

// The place behind a value: behind its last bracket, its quote, or before what ends a number or a word.
function endOfValue(text: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfText(text, at)
        if (end === undefined || depth === 0) return end
        at = end - 1
        break
      }
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth++
        break
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        if (depth === 0) return at > start ? at : undefined
        depth--
        if (depth === 0) return at + 1
        break
      case COMMA:
        if (depth === 0) return at > start ? at : undefined
    }
  }
  return undefined
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

// The place behind the quote that ends a text: one before which an even number of backslashes stands.
function endOfText(text: string, start: number): number | undefined {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((at - before) % 2 === 1) return at + 1
  }
  return undefined
}

function skipBlanks(text: string, start: number): number {
  let at = start
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++
  return at
}

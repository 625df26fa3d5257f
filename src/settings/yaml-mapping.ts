import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'

/** One entry of the mapping; `value` is undefined when it is neither a scalar nor a list of scalars. */
export type Entry = {
  readonly name: string
  readonly line: number
  readonly value: string | readonly string[] | undefined
}

/** The entries of a YAML mapping as texts with their lines, or what is wrong; never shows a value, which may be secret. */
export function readMapping(
  text: string,
): { readonly entries: readonly Entry[] } | { readonly line: number; readonly fault: string } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineOf = (node: unknown) => lines.linePos(startOf(node)).line || 1
  const error = document.errors[0]
  // The parser's own sentence quotes the text that it stumbled over; its code does not.
  if (error !== undefined)
    return {
      line: lines.linePos(error.pos[0]).line,
      fault: faultOf(error.code, lineAt(text, error.pos[0])),
    }
  if (isNothing(document.contents)) return { entries: [] }
  if (isScalar(document.contents)) return { line: lineOf(document.contents), fault: NO_PAIR }
  if (!isMap(document.contents)) return { line: lineOf(document.contents), fault: 'not a mapping of names' }
  return {
    entries: document.contents.items.map(({ key, value }) => ({
      name: isScalar(key) ? String(key.value) : '',
      line: lineOf(key),
      value: textsOf(value, document),
    })),
  }
}

const NO_PAIR = 'this line is not «name: value»'

// A forgotten colon has several codes, depending on what stands in the lines around it.
function faultOf(code: string, line: string): string {
  const hasPair = /:(\s|$)/.test(line) || /^\s/.test(line)
  return hasPair ? `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})` : NO_PAIR
}

function lineAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return text.slice(start).split('\n', 1)[0] ?? ''
}

function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null)
}

function textsOf(node: unknown, document: Document): Entry['value'] {
  const held = isAlias(node) ? node.resolve(document) : node
  if (!isSeq(held)) return textOf(held)
  const texts = held.items.map(textOf)
  return texts.some((each) => each === undefined) ? undefined : texts.filter((each) => each !== undefined)
}

// A number keeps its spelling: `umask: 022` is octal to us and 22 to YAML.
function textOf(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

function startOf(node: unknown): number {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0
}

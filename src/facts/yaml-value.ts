import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'

/** The plain value that a YAML text stands for, and where the items of its lists begin; or what is wrong with it, in one line. */
export type YamlValue =
  | {
      readonly value: unknown
      /** Of each list right below the top mapping: the line of every item, from 1. */
      readonly lines: Readonly<Record<string, readonly number[]>>
    }
  | { readonly fault: string }

/** Aliases may be resolved this many times; more of them is a text that grows without end when it is read. */
const MOST_ALIASES = 100

/**
 * Reads one YAML document. Numbers stay texts as they were written: a version 1.10 is not 1.1, and a commit 12e3456 is no number.
 * Repeated keys, unknown tags and aliases that multiply are faults; no fault quotes what stands in the text.
 */
export function readYaml(text: string): YamlValue {
  try {
    return readDocument(text)
  } catch (error) {
    if (error instanceof RangeError) return { fault: 'it is nested too deep' }
    if (error instanceof ReferenceError)
      return { fault: /excessive/i.test(error.message) ? ALIASES : 'an alias in it leads nowhere' }
    throw error
  }
}

function readDocument(text: string): YamlValue {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const wrong = document.errors[0] ?? document.warnings[0]
  // The parser's own sentence quotes the text that it stumbled over; its code does not.
  if (wrong !== undefined)
    return { fault: `line ${lines.linePos(wrong.pos[0]).line}: ${WORDS[wrong.code] ?? codeText(wrong.code)}` }
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'number') scalar.value = scalar.source ?? String(scalar.value)
    },
  })
  const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
  if (!isSmall(value)) return { fault: ALIASES }
  return { value, lines: linesOf(document, lines) }
}

const ALIASES = 'its aliases multiply without end'

/** A value that is larger than this, as JSON, is not what somebody wrote. */
const MOST_CHARACTERS = 4 * 1024 * 1024

// An alias inside what it stands for makes a value that is part of itself.
function isSmall(value: unknown): boolean {
  try {
    return (JSON.stringify(value) ?? '').length <= MOST_CHARACTERS
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

const WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'a key that stands above already',
  TAG_RESOLVE_FAILED: 'a tag that means nothing here',
  MULTIPLE_DOCS: 'a second document begins here',
  TAB_AS_INDENT: 'a tab at the beginning of a line, where blanks belong',
}

function codeText(code: string): string {
  return `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`
}

function linesOf({ contents }: Document, lines: LineCounter): Readonly<Record<string, readonly number[]>> {
  if (!isMap(contents)) return {}
  const lists = contents.items.flatMap(({ key, value }) =>
    isScalar(key) && isSeq(value)
      ? [[String(key.value), value.items.map((item) => lines.linePos(startOf(item)).line)] as const]
      : [],
  )
  return Object.fromEntries(lists)
}

function startOf(node: unknown): number {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0
}

import { type Fault, list } from './list.ts'

/** Arguments quoted as in a shell, or a JSON array of texts. */
export const argumentList = list(splitArguments)

/**
 * Splits a text into arguments by the quoting rules of a POSIX shell. What '…' holds is taken as it is, inside "…" a
 * backslash takes the meaning from " \ $ and `, elsewhere from any character. Nothing is expanded: `$X`, `*`, `~` and
 * `#` stay text. Operators outside quotes are refused, since in a shell they would not reach the program.
 */
export function splitArguments(text: string): readonly string[] | Fault {
  const args: string[] = []
  let word: string | undefined
  let rest = text
  while (rest !== '') {
    const piece = takePiece(rest)
    if ('must' in piece) return piece
    if (piece.text === undefined && word !== undefined) args.push(word)
    word = piece.text === undefined ? undefined : (word ?? '') + piece.text
    rest = rest.slice(piece.length)
  }
  return word === undefined ? args : [...args, word]
}

/** Part of a word, or (text undefined) what lies between two words; `length` is how much of the text it takes. */
type Piece = { readonly text: string | undefined; readonly length: number }

function takePiece(rest: string): Piece | Fault {
  // A backslash at the end of a line continues it, as in a shell.
  const blank = /^(?:\s|\\\r?\n)+/.exec(rest)
  if (blank !== null) return { text: undefined, length: blank[0].length }
  const operator = /^[|&;<>()]/.exec(rest)
  if (operator !== null) return { must: `must not hold «${operator[0]}» outside quotes` }
  const single = /^'([^']*)'/.exec(rest)
  if (single !== null) return { text: single[1] ?? '', length: single[0].length }
  const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(rest)
  if (double !== null)
    return { text: (double[1] ?? '').replace(/\\(["\\$`])/g, '$1'), length: double[0].length }
  if (/^['"]/.test(rest)) return { must: `must close every quote; one ${rest[0]} is left open` }
  if (rest === '\\') return { must: 'must not end with a backslash' }
  const plain = /^(?:[^\s'"\\|&;<>()]|\\[\s\S])+/.exec(rest)?.[0] ?? rest
  return { text: plain.replace(/\\\n/g, '').replace(/\\([\s\S])/g, '$1'), length: plain.length }
}

/** Arguments as one line that `splitArguments` takes apart again into the same. */
export function joinArguments(args: readonly string[]): string {
  return args
    .map((each) => (/^[\w@%+=:,./~-]+$/.test(each) ? each : `'${each.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

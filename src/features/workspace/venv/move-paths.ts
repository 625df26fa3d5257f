import { latin1Of, type Move } from './move.ts'

/** How a file's text holds paths: as they are, as words of a program or shell script, or as parts of a URL. */
export type Writing = 'plain' | 'program' | 'url'

/**
 * The text (one character per byte) with each whole path `from`, or below it, become `to`. A longer name, another path that
 * only ends like it, and what is below `to` already stay, so that doing it twice changes nothing more. Pure.
 */
export function movePaths(text: string, move: Move, writing: Writing): string {
  const { from, to } = writing === 'url' ? { from: urlPath(move.from), to: urlPath(move.to) } : latin1Of(move)
  if (!text.includes(from)) return text
  return text.replace(patternFor(from, to), (_, at: number) =>
    writing === 'program' && !isQuoted(text, at) ? escaped(to) : to,
  )
}

/** Bytes that a name goes on with; one before `from` or after it makes it part of another path. */
const NAME = '\\w.\\-+@~%\\x80-\\xff'

function patternFor(from: string, to: string): RegExp {
  const already = to.startsWith(`${from}/`) ? `(?!${literal(to.slice(from.length))}(?![${NAME}]))` : ''
  return new RegExp(`(?<=^|file://|[^${NAME}/})])${literal(from)}${already}(?![${NAME}])`, 'gm')
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

// A quote that is open on the same line; those of longer strings begin on another line and hold no paths of a shell's.
function isQuoted(text: string, at: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', at) + 1, at)
  return /^[^'"]*(('[^']*'|"[^"]*")[^'"]*)*['"][^'"]*$/.test(before)
}

function escaped(path: string): string {
  return path.replace(/[^\w@%+=:,./\-\x80-\xff]/g, '\\$&')
}

// As Python writes it: everything but letters, digits and `_.-~/` in percent.
function urlPath(path: string): string {
  return encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
}

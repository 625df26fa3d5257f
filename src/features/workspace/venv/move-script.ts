import { latin1Of, type Move, movedPath } from './move.ts'
import { movePaths } from './move-paths.ts'

/**
 * A script (one character per byte) whose interpreter and paths are moved. Where the first line becomes longer than kernels
 * read, or its path has blanks, Python scripts get the form that pip gives them then. Of one that holds binary data only
 * the head is moved. Pure.
 */
export function moveScript(text: string, move: Move): string {
  const head = headOf(text)
  const moved = head && movedHead(head, latin1Of(move))
  if (head === undefined || moved === undefined) return moveBody(text, move)
  return moved + moveBody(text.slice(head.bytes), move)
}

function moveBody(text: string, move: Move): string {
  return text.includes('\0') ? text : movePaths(text, move, 'program')
}

/** The lines that name a script's interpreter: the usual first line, or three lines that run it by way of sh. */
type Head = {
  readonly bytes: number
  readonly interpreter: string
  readonly args: string
  readonly form: 'line' | 'exec'
}

const LINE = /^#![ \t]*(\/\S*)([^\n]*)\n/

/** A command to sh, and a text without meaning to Python. */
const EXEC =
  /^#!\/bin\/sh\n'''exec' (?:"([^"\n]*)"|'([^'\n]*)'|([^\s"']+))((?: [^\n"']+)?) "\$0" "\$@"\n' '''\n/

function headOf(text: string): Head | undefined {
  const exec = EXEC.exec(text)
  if (exec !== null) {
    const [{ length: bytes }, double, single, bare = '', args = ''] = exec
    return { bytes, interpreter: double ?? single ?? bare, args, form: 'exec' }
  }
  const line = LINE.exec(text)
  if (line === null) return undefined
  const [{ length: bytes }, interpreter = '', args = ''] = line
  return { bytes, interpreter, args, form: 'line' }
}

/** Longest first line that every kernel reads whole, its end included. */
const MOST_BYTES = 127

function movedHead({ interpreter, args, form }: Head, move: Move): string | undefined {
  const moved = movedPath(interpreter, move)
  if (moved === undefined) return undefined
  const line = `#!${moved}${args}\n`
  const hasBlanks = /\s/.test(moved)
  const isPython = /\/py[\w.]*$/.test(moved)
  if (form === 'line' && ((line.length <= MOST_BYTES && !hasBlanks) || !isPython)) return line
  return `#!/bin/sh\n'''exec' ${hasBlanks ? `"${moved}"` : moved}${args} "$0" "$@"\n' '''\n`
}

/** The exception that ended a Python program: `ValueError`, its message's first line, and where it was raised. */
export type Traceback = {
  readonly exception: string
  readonly message: string
  /** The innermost frame of the program's own code. */
  readonly at?: { readonly file: string; readonly line: number }
  /** Folder name of the custom node in whose code it went wrong. */
  readonly node?: string
}

const HEAD = 'Traceback (most recent call last):'

// ComfyUI names the module of a node by its path, which says nothing that the frames do not say.
const ENDING = /^(?:\/[^:]*\.)?([\w.]+)(?:: (.*))?$/

/** A traceback that many lines follow did not end the program; those of a long message are indented. */
const MOST_AFTER = 12

/**
 * The traceback at the end of these lines, by the form that Python gives it. Undefined when there is none, or when it was
 * caught: then the program goes on, and says something of its own behind it.
 */
export function fatalTraceback(lines: readonly string[]): Traceback | undefined {
  const head = lines.findLastIndex((line) => line.startsWith(HEAD))
  if (head === -1 || lines.slice(Math.max(0, head - 2), head).some(isHandled)) return undefined
  const below = lines.slice(head + 1)
  const end = below.findIndex((line) => !/^\s/.test(line) && line !== '')
  const [, exception = '', message = ''] = ENDING.exec(below[end] ?? '') ?? []
  const after = below.slice(end + 1)
  if (end === -1 || exception === '' || isGoingOn(after)) return undefined
  return { exception, message, ...placeOf(below.slice(0, end)) }
}

// What stands before exceptions that end a thread, a task, a request or a prompt, and not the program.
function isHandled(before: string): boolean {
  return /^(\[\w+\] )?(Exception (in thread|ignored in)|Error handling request|Task exception was never|!!! Exception )/.test(
    before,
  )
}

function isGoingOn(after: readonly string[]): boolean {
  return after.filter((line) => /^\S/.test(line)).length > MOST_AFTER || after.some(isLogged)
}

// What ComfyUI says once it has caught one: a line of its log, or in older ones without a mark these two sentences.
function isLogged(line: string): boolean {
  return /^(\[(DEBUG|DETAIL|INFO|WARNING|ERROR|CRITICAL)\] |Cannot import |Prompt executed in )/.test(line)
}

function placeOf(frames: readonly string[]): Pick<Traceback, 'at' | 'node'> {
  const places = frames.flatMap((frame) => {
    const [, file, line] = /^ {2}File "([^"]+)", line (\d+)/.exec(frame) ?? []
    return file === undefined || file.startsWith('<') ? [] : [{ file, line: Number(line) }]
  })
  const own =
    places.findLast(({ file }) => !/\/(site|dist)-packages\/|\/lib\/python3/.test(file)) ?? places.at(-1)
  const node = places
    .map(({ file }) => /\/custom_nodes\/([^/]+)/.exec(file)?.[1])
    .findLast((name) => name !== undefined)
  return { ...(own === undefined ? {} : { at: own }), ...(node === undefined ? {} : { node }) }
}

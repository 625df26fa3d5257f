/** Where a tree was and where it will be; absolute paths without a slash at their end. */
export type Move = { readonly from: string; readonly to: string }

/** The paths as text with one character per byte, for files whose encoding nobody knows. */
export function latin1Of({ from, to }: Move): Move {
  return { from: latin1(from), to: latin1(to) }
}

/** Where a path lies after the move; undefined when it is not in the tree. */
export function movedPath(path: string, { from, to }: Move): string | undefined {
  return path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : undefined
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

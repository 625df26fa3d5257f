import { isPlain, nameBytes } from '../../base/tree-path.ts'
import type { Name } from './calls.ts'

/** A name for the system's calls from its escaped text. */
export function nameOf(text: string): Name {
  if (isPlain(text)) return { text, bytes: Buffer.from(`${text}\0`, 'latin1') }
  return { text, bytes: Buffer.concat([nameBytes(text), NUL]) }
}

/** A path below a folder: the escaped names with `/` between; the folder itself is the empty path. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** The folder that a path below another one lies in, and its own name. */
export function splitPath(path: string): readonly [string, string] {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)]
}

/** A path in pieces that the system takes at once: it refuses 4,096 bytes and more. */
export function pieces(path: string): readonly string[] {
  if (path.length < LONGEST) return [path]
  const parts: string[] = []
  for (const name of path.split('/')) {
    const last = parts.at(-1)
    if (last === undefined || last.length + name.length >= LONGEST) parts.push(name)
    else parts[parts.length - 1] = `${last}/${name}`
  }
  return parts
}

const NUL = Buffer.from([0])
const LONGEST = 4000

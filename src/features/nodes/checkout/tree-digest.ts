import { createHash } from 'node:crypto'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import type { Host } from '../../../host/host.ts'
import { MARKERS } from './marker.ts'

/**
 * SHA-256, in lower-case hex, of a checkout’s files: of each its path, kind, executable bit and content (of a link where it
 * leads), sorted by path. Left out are folders, what git and Python keep for themselves, and markers. `only` these escaped paths.
 */
export async function treeDigest(host: Host, folder: string, only?: ReadonlySet<string>): Promise<string> {
  const entries = await contentOf(host, folder)
  return digestOf(host, folder, only === undefined ? entries : entries.filter(({ path }) => only.has(path)))
}

/** The same of entries that were walked already. */
export async function digestOf(host: Host, folder: string, entries: readonly TreeEntry[]): Promise<string> {
  const files = entries.filter(({ kind }) => kind === 'file').map(({ path }) => path)
  const digests = await host.archive.digests(folder, files)
  const contents = new Map(files.map((path, at) => [path, digests[at]]))
  const whole = createHash('sha256')
  for (const { kind, path, mode, target } of entries) {
    const isProgram = kind === 'file' && (mode & 0o111) !== 0
    whole.update(`${kind}\0${path}\0${isProgram ? 'x' : '-'}\0${contents.get(path) ?? target ?? ''}\n`)
  }
  return whole.digest('hex')
}

/** Everything of a checkout that counts, sorted by path. */
export async function contentOf(host: Host, folder: string): Promise<readonly TreeEntry[]> {
  const entries = await host.fs.walk(folder, { skip: ['.git'] })
  return entries.filter(({ kind, path }) => kind !== 'folder' && !isByTheWay(path))
}

/** Whether a path is a marker, git’s, or what Python makes of a source beside it: nothing of it is missed in another checkout. */
export function isMadeAlong(path: string): boolean {
  return MARKERS.has(path) || /(^|\/)(\.git|__pycache__)(\/|$)/.test(path)
}

/** Whether a path in a checkout is made by programs as they run, or is a marker. */
export function isByTheWay(path: string): boolean {
  return isMadeAlong(path) || path.endsWith('.pyc')
}

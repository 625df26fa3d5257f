import { STATE_FOLDERS } from '../../../base/layout.ts'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import { escapeName, isPlain, nameBytes } from '../../../base/tree-path.ts'
import { lookTracked, type Tracked } from '../../../facts/git-index.ts'
import { fileHasContent, hasContent } from '../../../facts/git-index-content.ts'
import { skippedIn } from '../../../facts/look-changes.ts'
import type { Host } from '../../../host/host.ts'

/** What listing must know besides the tree. */
export type Listing = { readonly mountsInside: readonly string[]; readonly signal: AbortSignal }

/** Size of a file that is not what git has: none is ever so large, so that it always counts as changed. */
const CHANGED = -1

/**
 * What a tree came with by git's word: its files as they are now where their content is what git has, with a size of -1 where it
 * is not, and the folders they lie in. Sorted by path; undefined where git says nothing.
 */
export async function listTracked(
  host: Host,
  tree: string,
  { mountsInside, signal }: Listing,
): Promise<readonly TreeEntry[] | undefined> {
  const tracked = await lookTracked(host.fs, tree)
  if (tracked === undefined) return undefined
  const skip = [...skippedIn(tree, mountsInside), ...(await untrackedIn(host, tree, tracked))]
  const there = new Map((await host.fs.walk(tree, { skip, signal })).map((each) => [each.path, each]))
  const files: TreeEntry[] = []
  for (const each of tracked.filter(({ kind }) => kind !== 'submodule')) {
    signal.throwIfAborted()
    files.push(await entryOf(host, tree, { tracked: each, found: there.get(each.path) }))
  }
  const folders = ['.git', ...foldersOf(tracked)].flatMap((path) => folderAt(path, there))
  return [...files, ...folders].sort((a, b) => (a.path < b.path ? -1 : 1))
}

type Compared = { readonly tracked: Tracked; readonly found: TreeEntry | undefined }

async function entryOf(host: Host, tree: string, { tracked, found }: Compared): Promise<TreeEntry> {
  if (found === undefined) return absent(tracked)
  return (await isAsTracked(host, tree, { tracked, found })) ? found : { ...found, bytes: CHANGED }
}

function absent({ path, mode, kind }: Tracked): TreeEntry {
  return { path, kind: kind === 'link' ? 'link' : 'file', mode, bytes: CHANGED, mtimeNs: 0n }
}

async function isAsTracked(
  host: Host,
  tree: string,
  { tracked, found }: { readonly tracked: Tracked; readonly found: TreeEntry },
): Promise<boolean> {
  const { id, path, kind } = tracked
  if (found.kind !== kind) return false
  if (found.kind === 'link') return hasContent(nameBytes(found.target ?? ''), id)
  // The content is read for each file: the times that git noted say nothing of a tree that was copied.
  return isPlain(path) && fileHasContent(host.fs, `${tree}/${path}`, { bytes: found.bytes, id })
}

// Folders of the first and second level in which nothing is tracked: nodes, environments and pictures may hold very many files.
async function untrackedIn(
  host: Host,
  tree: string,
  tracked: readonly Tracked[],
): Promise<readonly string[]> {
  const known = new Set(tracked.flatMap(({ path }) => [...parentsOf(path), path]))
  const places = ['', ...STATE_FOLDERS.filter((name) => known.has(name)).map((name) => `${name}/`)]
  const found = await Promise.all(
    places.map(async (place) =>
      ((await host.fs.list(`${tree}/${place}`)) ?? []).map((name) => place + escapeName(Buffer.from(name))),
    ),
  )
  return found.flat().filter((path) => path !== '.git' && !known.has(path))
}

function foldersOf(tracked: readonly Tracked[]): readonly string[] {
  return [...new Set(tracked.flatMap(({ path }) => parentsOf(path)))]
}

function folderAt(path: string, there: ReadonlyMap<string, TreeEntry>): readonly TreeEntry[] {
  const found = there.get(path)
  return found?.kind === 'folder' ? [found] : []
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

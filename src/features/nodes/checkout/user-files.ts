import { dirname } from 'node:path'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import { escapeName, pathBytes } from '../../../base/tree-path.ts'
import type { Host } from '../../../host/host.ts'
import type { Git } from '../git.ts'
import { readMarker } from './marker.ts'
import { isMadeAlong } from './tree-digest.ts'

/** What a user or the node itself put into a checkout: escaped paths to bring over, and those whose place is taken in the new one. */
export type UserFiles = { readonly moves: readonly string[]; readonly taken: readonly string[] }

/** Finds them; undefined where nobody can say what came with the old checkout. A folder that is all theirs is one move. */
export async function findUserFiles(
  host: Host,
  { from, to, git }: { readonly from: string; readonly to: string; readonly git: Git },
): Promise<UserFiles | undefined> {
  if ((await host.fs.look(from))?.kind !== 'folder') return { moves: [], taken: [] }
  const tracked = await whatCame(host, from, git)
  if (tracked === undefined) return undefined
  const [old, next] = await Promise.all([from, to].map((each) => host.fs.walk(each, { skip: ['.git'] })))
  return decideMoves(old ?? [], {
    tracked,
    next: new Map((next ?? []).map((each) => [each.path, each.kind])),
  })
}

/** Brings them over, one after the other. A crash leaves some in each of both; the same again does the rest. */
export async function bringOver(
  host: Host,
  { from, to, moves }: { readonly from: string; readonly to: string; readonly moves: readonly string[] },
): Promise<void> {
  for (const path of moves) {
    const parent = dirname(path)
    if (parent !== '.') await host.fs.makeFolder(pathBytes(to, parent))
    await host.fs.rename(pathBytes(from, path), pathBytes(to, path), { sync: false })
  }
  if (moves.length > 0) await host.fs.sync(to)
}

async function whatCame(host: Host, folder: string, git: Git): Promise<ReadonlySet<string> | undefined> {
  const members = (await readMarker(host.fs, folder))?.members
  if (members !== undefined) return new Set(members)
  const listed = await git(['-C', folder, 'ls-files', '-z', '--recurse-submodules'])
  if (listed.kind === 'failed') return undefined
  const names = listed.stdout.split('\0').filter((name) => name !== '')
  return new Set(names.map((name) => escapeName(Buffer.from(name))))
}

type Ahead = {
  readonly tracked: ReadonlySet<string>
  readonly next: ReadonlyMap<string, TreeEntry['kind']>
}

function decideMoves(old: readonly TreeEntry[], { tracked, next }: Ahead): UserFiles {
  const shared = parentsOf(tracked)
  const moves: string[] = []
  const taken: string[] = []
  const whole = new Set<string>()
  for (const { path, kind } of old) {
    if (isBelow(path, whole) || tracked.has(path) || isMadeAlong(path)) continue
    const there = next.get(path)
    const isShared = kind === 'folder' && (shared.has(path) || there === 'folder')
    if (isShared) continue
    whole.add(path)
    if (there !== undefined || isBelowLeaf(path, next)) taken.push(path)
    else moves.push(path)
  }
  return { moves, taken }
}

function parentsOf(paths: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>()
  for (const path of paths)
    for (let parent = dirname(path); parent !== '.' && !found.has(parent); parent = dirname(parent))
      found.add(parent)
  return found
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent))
    if (folders.has(parent)) return true
  return false
}

// Where the new checkout has a file or a link, there is no folder to put something into.
function isBelowLeaf(path: string, next: ReadonlyMap<string, TreeEntry['kind']>): boolean {
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    const kind = next.get(parent)
    if (kind !== undefined && kind !== 'folder') return true
  }
  return false
}

import { dirname } from 'node:path'
import type { FileEntry } from '../../../host/fs.ts'
import type { Host } from '../../../host/host.ts'
import { findHolders, findVenvs, type Holder } from './find-paths.ts'
import { inBatches } from './in-batches.ts'
import { type Move, movedPath } from './move.ts'
import { movePaths } from './move-paths.ts'
import { moveScript } from './move-script.ts'

/** A copy of a tree: where it lies now, where its original was, where it will be. */
export type MovingTree = Move & { readonly tree: string }

/**
 * Makes the venvs inside a copied tree right for the place where it will lie: scripts, pyvenv.cfg, activate scripts, editable
 * installs, links. Modes stay, times too; gives the paths that were changed, relative to the tree. A crash leaves some of
 * them changed; doing it again does the rest. Nothing is synced.
 */
export async function rewriteVenv(
  host: Host,
  moving: MovingTree,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (moving.from === moving.to) return []
  const changed: string[] = []
  for (const venv of await findVenvs(host, moving.tree, signal)) {
    const holders = await findHolders(host, { tree: moving.tree, venv }, signal)
    for (const inFolder of Object.values(Object.groupBy(holders, ({ path }) => dirname(path))))
      changed.push(...(await rewriteFolder({ host, moving, signal }, inFolder ?? [])))
  }
  return changed.map((path) => path.slice(1)).sort()
}

type Work = { readonly host: Host; readonly moving: MovingTree; readonly signal: AbortSignal }

// Files are replaced, which is seen in their folder's time: that is put back.
async function rewriteFolder(work: Work, holders: readonly Holder[]): Promise<readonly string[]> {
  const { host, moving, signal } = work
  const folder = `${moving.tree}${dirname(holders[0]?.path ?? '/')}`
  const before = await host.fs.look(folder)
  const are = await inBatches(holders, signal, (holder) => rewrite(work, holder))
  const changed = holders.filter((_, at) => are[at]).map(({ path }) => path)
  if (changed.length > 0 && before !== undefined) await host.fs.setTime(folder, before.mtimeMs)
  return changed
}

async function rewrite({ host, moving }: Work, { path, as }: Holder): Promise<boolean> {
  const place = `${moving.tree}${path}`
  const entry = await host.fs.look(place)
  if (entry === undefined) return false
  if (as === 'link') return relink(host, { place, entry, moving })
  const text = await textOf(host, { place, entry, as })
  if (text === undefined) return false
  const moved = movedText(text, moving, as)
  if (moved === text) return false
  await host.fs.replace(place, Buffer.from(moved, 'latin1'), entry.mode)
  await host.fs.setTime(place, entry.mtimeMs + (place.endsWith('.py') ? PYC_MS : 0))
  return true
}

/** Python takes compiled code for current while its source's size and second are the same. */
const PYC_MS = 1000

type Found = { readonly place: string; readonly entry: FileEntry }

async function relink(
  host: Host,
  { place, entry, moving }: Found & { readonly moving: Move },
): Promise<boolean> {
  const target = await host.fs.readLink(place)
  // A target that is no UTF-8 came to us with a mark in place of its bytes.
  const moved = target?.includes('\uFFFD') ? undefined : target && movedPath(target, moving)
  if (moved === undefined) return false
  await host.fs.link(moved, place)
  await host.fs.setTime(place, entry.mtimeMs)
  return true
}

/** Nobody's script or list of paths is larger. */
const MOST_BYTES = 16 * 1024 * 1024

async function textOf(
  host: Host,
  { place, entry, as }: Found & Pick<Holder, 'as'>,
): Promise<string | undefined> {
  if (entry.kind !== 'file' || entry.bytes > MOST_BYTES) return undefined
  if (as === 'script' && (await latin1(host, place, 2)) !== '#!') return undefined
  return latin1(host, place, entry.bytes)
}

async function latin1(host: Host, place: string, bytes: number): Promise<string | undefined> {
  const part = await host.fs.readPart(place, 0, bytes)
  return part && Buffer.from(part).toString('latin1')
}

/** Characters that would have to be written differently in each language of a program; such a path is left out of programs. */
const UNWRITABLE = /["'\\$`]/

function movedText(text: string, { from, to }: Move, as: Exclude<Holder['as'], 'link'>): string {
  switch (as) {
    case 'plain':
    case 'url':
      return movePaths(text, { from, to }, as)
    case 'activate':
    case 'program':
      return UNWRITABLE.test(to) ? text : movePaths(text, { from, to }, 'program')
    case 'script':
      return UNWRITABLE.test(to) ? text : moveScript(text, { from, to })
  }
}

import { dirname } from 'node:path'
import { layoutOf } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { Workspace } from './facts.ts'
import type { FirstLook } from './first-look.ts'
import { isFolder } from './folders.ts'
import { mountOf, mountsBelow } from './mounts.ts'
import { orAbsent } from './or-absent.ts'
import { may } from './permission.ts'
import type { Trees } from './trees.ts'

/** Looks at the workspace as the target identity, which must be acted as already. */
export async function lookWorkspace(fs: Fs, first: FirstLook, trees: Trees): Promise<Workspace> {
  const { mounts, workspaceEntry: entry } = first
  const { workspace: path, home } = first.layout
  const exists = entry?.kind === 'folder'
  const nearest = exists ? path : await nearestFolder(fs, dirname(path))
  const triedIn = exists ? await placeToTry(fs, path, trees) : undefined
  const [abilities, space, isTaken] = await Promise.all([
    triedIn === undefined ? undefined : fs.tryOut(triedIn),
    orAbsent(fs.space(trees.beside.places.folder.startsWith(`${home}/`) ? home : nearest)),
    entry === undefined ? takesFolders(fs, nearest, first) : false,
  ])
  const mountsInside = mountsBelow(path, mounts)
  const bare = await Promise.all(mountsInside.map((point) => isBareMount(fs, point, first)))
  return {
    path,
    isLinked: first.workspaceIsLinked,
    mount: mountOf(path, mounts),
    isMount: mounts.some((each) => each.point === path),
    mountsInside,
    bareMounts: mountsInside.filter((_, at) => bare[at]),
    entry,
    isBare: first.workspaceNames.every(
      (name) =>
        name === 'lost+found' || mountsInside.some((each) => `${each}/`.startsWith(`${path}/${name}/`)),
    ),
    abilities,
    triedIn,
    canMake: abilities === undefined ? isTaken : abilities.create === undefined,
    space,
    tree: trees.tree,
    trees: trees.beside,
    changes: trees.changes,
  }
}

async function isBareMount(fs: Fs, point: string, { who, mounts }: FirstLook): Promise<boolean> {
  const [entry, names] = await Promise.all([orAbsent(fs.look(point)), orAbsent(fs.list(point))])
  if (entry?.kind !== 'folder' || entry.uid !== 0 || mountOf(point, mounts)?.readOnly === true) return false
  return !may(who.target, 'write', entry) && names?.every((name) => name === 'lost+found') === true
}

// Trying changes the folder's time. Where nothing more will be made in the workspace itself, it is tried in our folder.
async function placeToTry(fs: Fs, path: string, { mayMove }: Trees): Promise<string> {
  const { own } = layoutOf(path)
  return !mayMove && (await isFolder(fs, own)) ? own : path
}

async function nearestFolder(fs: Fs, path: string): Promise<string> {
  return path === '/' || (await isFolder(fs, path)) ? path : nearestFolder(fs, dirname(path))
}

// By its mode alone: what is not asked for is not touched, not even to try.
async function takesFolders(fs: Fs, path: string, { who, mounts }: FirstLook): Promise<boolean> {
  const entry = await orAbsent(fs.follow(path))
  return entry !== undefined && may(who.target, 'write', entry) && mountOf(path, mounts)?.readOnly !== true
}

import { dirname, resolve } from 'node:path'
import { STATE_FOLDERS } from '../base/layout.ts'
import { isOwnTarget } from '../base/own-link.ts'
import type { Fs } from '../host/fs.ts'
import type { FirstLook } from './first-look.ts'
import { orAbsent } from './or-absent.ts'
import type { Sought } from './sought.ts'
import type { Trees } from './trees.ts'

/**
 * A link that is wrong. `home`: it is in the place of the workspace's ComfyUI. `state`: it is in the place of a state folder and
 * leads to no folder. `inside`: it lies in a folder and leads back to that folder.
 */
export type BrokenLink = {
  readonly place: 'home' | 'state' | 'inside'
  readonly path: string
  /** As it is written. */
  readonly target: string
  readonly fault: 'dangling' | 'loop' | 'elsewhere'
  /** We made it. */
  readonly isOurs: boolean
}

/** What was seen before. */
export type Seen = {
  readonly first: Pick<FirstLook, 'layout'>
  readonly trees: Pick<Trees, 'tree'>
}

/** Looks for links that are wrong where ComfyUI and its state lie. Costs one reading of a folder and six looks for links. */
export async function lookLinks(
  fs: Fs,
  sought: Pick<Sought, 'home'>,
  { first, trees }: Seen,
): Promise<readonly BrokenLink[]> {
  const { home, workspace } = first.layout
  const base = trees.tree.state === 'ours' || sought.home === home ? home : workspace
  const [atHome, ofState, inside] = await Promise.all([
    base === home ? undefined : lookHome(fs, home),
    lookState(fs, base),
    Promise.all(SELF_LINKED.map((below) => lookInside(fs, `${base}/${below}`))),
  ])
  return [atHome, ...ofState, ...inside].filter((each) => each !== undefined)
}

/** Folders that scripts link to with `ln -s`: done twice, the second link comes to lie inside the folder. */
const SELF_LINKED = [...STATE_FOLDERS, 'models/loras'] as const

async function lookHome(fs: Fs, path: string): Promise<BrokenLink | undefined> {
  const target = await orAbsent(fs.readLink(path))
  if (target === undefined) return undefined
  const leadsTo = await orAbsent(fs.follow(path))
  const fault = leadsTo === undefined ? await faultOf(fs, path) : 'elsewhere'
  return { place: 'home', path, target, fault, isOurs: isOwnTarget(target) }
}

async function lookState(fs: Fs, base: string): Promise<readonly (BrokenLink | undefined)[]> {
  const entries = (await orAbsent(fs.entries(base))) ?? []
  const links = entries.filter(
    ({ name, kind }) => kind === 'link' && STATE_FOLDERS.some((each) => each === name),
  )
  return Promise.all(
    links.map(async ({ name }): Promise<BrokenLink | undefined> => {
      const path = `${base}/${name}`
      const [target, leadsTo] = await Promise.all([orAbsent(fs.readLink(path)), orAbsent(fs.follow(path))])
      if (target === undefined || leadsTo?.kind === 'folder') return undefined
      const fault = leadsTo === undefined ? await faultOf(fs, path) : 'elsewhere'
      return { place: 'state', path, target, fault, isOurs: isOwnTarget(target) }
    }),
  )
}

async function lookInside(fs: Fs, folder: string): Promise<BrokenLink | undefined> {
  const path = `${folder}/${folder.slice(folder.lastIndexOf('/') + 1)}`
  const target = await orAbsent(fs.readLink(path))
  if (target === undefined) return undefined
  const [inner, outer] = await Promise.all([orAbsent(fs.realPath(path)), orAbsent(fs.realPath(folder))])
  if (inner === undefined || inner !== outer) return undefined
  return { place: 'inside', path, target, fault: 'loop', isOurs: isOwnTarget(target) }
}

/** As many links as the system itself follows. */
const MOST_LINKS = 40

// Links that follow each other without end are told from one that leads to nothing by walking them.
async function faultOf(fs: Fs, path: string): Promise<'dangling' | 'loop'> {
  let at = path
  for (let count = 0; count < MOST_LINKS; count++) {
    const target = await orAbsent(fs.readLink(at))
    if (target === undefined) return 'dangling'
    at = resolve(dirname(at), target)
  }
  return 'loop'
}

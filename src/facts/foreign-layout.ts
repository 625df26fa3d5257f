import { type Layout, STATE_FOLDERS } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { FirstLook } from './first-look.ts'
import { isFolder } from './folders.ts'
import { readBegun } from './foreign-layout-begun.ts'
import { lookForeignTree, type TreeLeft } from './foreign-layout-tree.ts'
import { lookUnused, type Unused } from './foreign-layout-unused.ts'
import { mountOf } from './mounts.ts'
import { orAbsent } from './or-absent.ts'
import type { Sought } from './sought.ts'
import type { Trees } from './trees.ts'

/** Whose way of laying out a volume it is; `tree` is a ComfyUI in its place, `flat` is state in its place. */
export type ForeignKind = 'tree' | 'flat' | 'runpod' | 'mmartial' | 'yanwenkun' | 'pixeloven'

/** What another image left in the workspace. */
export type Foreign = {
  readonly kind: ForeignKind
  /** Whose it is, for people. */
  readonly title: string
  /** The ComfyUI it left, where it lies now; in the workspace's place for it or to be moved there. */
  readonly tree: TreeLeft | undefined
  /** Folders that would have to be moved, in order; the tree among them, as the first. */
  readonly parts: readonly Part[]
  /** What is left where it is. */
  readonly unused: readonly Unused[]
  /** A person said yes to it, and the moves were cut. */
  readonly isBegun: boolean
}

/** A folder to move, and what is in the way of it. */
export type Part = {
  readonly from: string
  readonly to: string
  readonly obstacle?: 'taken' | 'second' | 'mount' | 'filesystem' | 'link' | undefined
}

/** What was seen before. */
export type Seen = {
  readonly first: Pick<FirstLook, 'layout' | 'mounts'>
  readonly trees: Pick<Trees, 'tree' | 'mayMove'>
}

/**
 * Looks for what other images leave on a volume, where no tree is ours yet. Once a tree is ours, and where a ComfyUI runs from
 * its place in the workspace because somebody said so, nothing is foreign. Costs one reading of the workspace otherwise.
 */
export async function lookForeign(
  fs: Fs,
  sought: Pick<Sought, 'home'>,
  { first, trees }: Seen,
): Promise<Foreign | undefined> {
  const { layout } = first
  const { state } = trees.tree
  if (state === 'ours' || state === 'switching' || state === 'unclear' || sought.home === layout.home)
    return undefined
  const names = new Set((await orAbsent(fs.list(layout.workspace))) ?? [])
  const [begun, isKnown, [tree, treeKind], folders] = await Promise.all([
    names.has('.comfy-init') ? readBegun(fs, layout) : undefined,
    names.has('.comfy-init') ? orAbsent(fs.look(layout.reportFile)) : undefined,
    findTree(fs, layout, { names, isInPlace: state === 'foreign', isThorough: trees.mayMove }),
    findFolders(fs, layout.workspace, names),
  ])
  const base = tree === undefined ? layout.workspace : layout.home
  const moves = begun?.parts ?? movesOf(tree, folders, { base, home: layout.home })
  const parts = await Promise.all(moves.map((move) => judge(fs, move, { first, tree })))
  const kind = begun?.kind ?? kindOf({ treeKind, folders, names, isKnown: isKnown !== undefined })
  if (kind === undefined) return undefined
  const unused = await lookUnused(fs, layout, { names, tree: tree?.path })
  return { kind, title: titleOf(kind, names), tree, parts, unused, isBegun: begun !== undefined }
}

type Found = { readonly kind: ForeignKind; readonly from: string; readonly name: string }

/** Where images put a ComfyUI, below the workspace; the first that is there counts. */
const TREES = [
  ['ComfyUI', 'tree'],
  ['runpod-slim/ComfyUI', 'runpod'],
  ['run/ComfyUI', 'mmartial'],
  ['storage/ComfyUI', 'yanwenkun'],
] as const

type Seeking = {
  readonly names: ReadonlySet<string>
  readonly isInPlace: boolean
  /** Every file that should be there is looked for. */
  readonly isThorough: boolean
}

async function findTree(
  fs: Fs,
  { workspace }: Layout,
  { names, isInPlace, isThorough }: Seeking,
): Promise<readonly [TreeLeft?, ForeignKind?]> {
  for (const [below, kind] of TREES) {
    const isThere = kind === 'tree' ? isInPlace : names.has(below.split('/')[0] ?? '')
    const tree = isThere ? await lookForeignTree(fs, `${workspace}/${below}`, isThorough) : undefined
    if (tree !== undefined) return [tree, kind]
  }
  return []
}

/** Folders that hold state, and what it is in ComfyUI's words. */
const HOLDERS: readonly (readonly [ForeignKind, string, string])[] = [
  ...STATE_FOLDERS.map((name) => ['mmartial', `basedir/${name}`, name] as const),
  ['yanwenkun', 'comfy-nodes/custom_nodes', 'custom_nodes'],
  ['yanwenkun', 'storage-nodes/custom_nodes', 'custom_nodes'],
  ['yanwenkun', 'storage-models/models', 'models'],
  ['yanwenkun', 'storage-user/user-profile', 'user'],
  ['yanwenkun', 'storage-user/workflows', 'user/default/workflows'],
  ['yanwenkun', 'storage-user/input', 'input'],
  ['yanwenkun', 'storage-user/output', 'output'],
  ...STATE_FOLDERS.map((name) => ['pixeloven', `data/${name}`, name] as const),
]

async function findFolders(fs: Fs, workspace: string, names: ReadonlySet<string>): Promise<readonly Found[]> {
  const candidates = HOLDERS.filter(([, below]) => names.has(below.split('/')[0] ?? ''))
  const are = await Promise.all(candidates.map(([, below]) => isFolder(fs, `${workspace}/${below}`)))
  const found = candidates.filter((_, at) => are[at])
  const kinds = new Set(found.map(([kind]) => kind))
  // `data` is a common word: one folder of state in it is no sign of anybody.
  if (found.filter(([kind]) => kind === 'pixeloven').length < 2) kinds.delete('pixeloven')
  const [first] = found.filter(([kind]) => kinds.has(kind))
  return found
    .filter(([kind]) => kind === first?.[0])
    .map(([kind, below, name]) => ({ kind, name, from: `${workspace}/${below}` }))
}

type Bases = { readonly base: string; readonly home: string }

function movesOf(
  tree: TreeLeft | undefined,
  folders: readonly Found[],
  { base, home }: Bases,
): readonly Part[] {
  const moves: Part[] = tree === undefined || tree.path === home ? [] : [{ from: tree.path, to: home }]
  const places: string[] = []
  for (const { from, name } of folders) {
    const isSecond = places.some((each) => name === each || name.startsWith(`${each}/`))
    moves.push({ from, to: `${base}/${name}`, ...(isSecond ? { obstacle: 'second' } : {}) })
    places.push(name)
  }
  return moves
}

function kindOf({
  treeKind,
  folders,
  names,
  isKnown,
}: {
  readonly treeKind: ForeignKind | undefined
  readonly folders: readonly Found[]
  readonly names: ReadonlySet<string>
  /** A boot of ours has ended here. */
  readonly isKnown: boolean
}): ForeignKind | undefined {
  const [first] = folders
  if (treeKind !== undefined && treeKind !== 'tree') return treeKind
  const isFlat = !isKnown && (names.has('user') || names.has('custom_nodes'))
  return first?.kind ?? treeKind ?? (isFlat ? 'flat' : undefined)
}

function titleOf(kind: ForeignKind, names: ReadonlySet<string>): string {
  switch (kind) {
    case 'runpod':
      return 'runpod-workers/comfyui-base'
    case 'mmartial':
      return 'mmartial/comfyui-nvidia-docker'
    case 'yanwenkun':
      return 'YanWenKun/ComfyUI-Docker'
    case 'pixeloven':
      return 'pixeloven/ComfyUI-Docker'
    case 'flat':
      return 'a single instance of another image'
    case 'tree':
      return MARKS.find(([name]) => names.has(name))?.[1] ?? 'another image'
  }
}

/** What images leave beside their ComfyUI. */
const MARKS = [
  ['start_user.sh', 'ValyrianTech/ComfyUI_with_Flux'],
  ['environments', 'ai-dock/comfyui'],
  ['.move_complete', 'ai-dock/comfyui'],
  ['user-scripts', 'YanWenKun/ComfyUI-Docker'],
  ['comfyui-nvidia_config.sh', 'mmartial/comfyui-nvidia-docker'],
  ['runpod-slim', 'runpod-workers/comfyui-base'],
] as const

type Judging = { readonly first: Seen['first']; readonly tree: TreeLeft | undefined }

async function judge(fs: Fs, part: Part, { first, tree }: Judging): Promise<Part> {
  const { from, to, obstacle } = part
  if (obstacle !== undefined) return part
  const { mounts, layout } = first
  const isMount = mounts.some(({ point }) => point === from || point.startsWith(`${from}/`))
  if (isMount || mounts.some(({ point }) => point === to)) return { from, to, obstacle: 'mount' }
  if (mountOf(from, mounts)?.point !== mountOf(to, mounts)?.point) return { from, to, obstacle: 'filesystem' }
  // What goes into a tree that is moved as well is in the way of it, or not, where that tree is now.
  const isInTree = tree !== undefined && to.startsWith(`${layout.home}/`)
  const seenAt = isInTree ? tree.path + to.slice(layout.home.length) : to
  const [itself, there, names] = await Promise.all([
    orAbsent(fs.look(from)),
    orAbsent(fs.look(seenAt)),
    orAbsent(fs.list(seenAt)),
  ])
  if (itself?.kind === 'link') return { from, to, obstacle: 'link' }
  const isFree = there === undefined || (there.kind === 'folder' && names?.length === 0)
  return isFree ? { from, to } : { from, to, obstacle: 'taken' }
}

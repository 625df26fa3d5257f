import { escapeName } from '../base/tree-path.ts'

/** What an archive says of one member: its name as it stands there, and its Unix mode where it has one. */
export type Listed = {
  readonly name: string
  readonly mode: number | undefined
  readonly bytes: number
  readonly isReadable: boolean
}

/** Where a member goes, relative to the folder. */
export type Placed = {
  readonly kind: 'file' | 'folder' | 'link'
  readonly path: string
  readonly mode: number
}

/** One place for each member in their order (undefined for the folder that is left out), or why this archive is not unpacked. Pure. */
export function placeMembers(
  listed: readonly Listed[],
  {
    stripTop,
    mostBytes,
    mostMembers,
  }: { readonly stripTop: boolean; readonly mostBytes: number; readonly mostMembers: number },
): readonly (Placed | undefined)[] | string {
  const bytes = listed.reduce((sum, each) => sum + each.bytes, 0)
  if (listed.length > mostMembers) return `it has ${listed.length} members, more than ${mostMembers}`
  if (bytes > mostBytes) return `it unpacks to ${bytes} bytes, more than ${mostBytes}`
  const fault = listed.map(faultOf).find((each) => each !== undefined)
  if (fault !== undefined) return fault
  const parted = listed.map(({ name }) => name.split('/').filter((part) => part !== '' && part !== '.'))
  const strip = stripTop && hasOneTop(listed, parted) ? 1 : 0
  const placed = listed.map((each, at): Placed | undefined => {
    const path = (parted[at] ?? []).slice(strip).join('/')
    return path === '' ? undefined : { kind: kindOf(each), path, mode: modeOf(each) }
  })
  if (placed.every((each) => each === undefined)) return 'it is empty'
  return clashIn(placed.filter((each) => each !== undefined)) ?? placed
}

/** A path as messages and lists show it. */
export function shownPath(path: string): string {
  return path
    .split('/')
    .map((part) => escapeName(Buffer.from(part)))
    .join('/')
}

function faultOf(listed: Listed): string | undefined {
  const shown = escapeName(Buffer.from(listed.name))
  if (listed.name.startsWith('/') || /^[A-Za-z]:/.test(listed.name)) return `«${shown}» is an absolute path`
  const isLong = listed.name.split('/').some((part) => Buffer.byteLength(part) > MOST_PART)
  if (isLong || Buffer.byteLength(listed.name) > MOST_PATH)
    return `«${shown.slice(0, 60)}…» is longer than a name can be`
  if (listed.name.split('/').includes('..')) return `«${shown}» leaves the folder`
  if (/\p{Cc}/u.test(listed.name)) return `«${shown}» has control characters in its name`
  if (!listed.isReadable) return `«${shown}» is encrypted, or packed in an unknown way`
  return [REGULAR, FOLDER, LINK, 0].includes(kindBits(listed))
    ? undefined
    : `«${shown}» is neither file, folder nor link`
}

/** Longest name that Linux takes, and a path that leaves room for the folders that a node lies in; bytes. */
const MOST_PART = 255
const MOST_PATH = 2048

const [KIND, REGULAR, FOLDER, LINK] = [0o170000, 0o100000, 0o040000, 0o120000]

function kindBits({ mode }: Listed): number {
  return (mode ?? 0) & KIND
}

function kindOf(listed: Listed): Placed['kind'] {
  if (listed.name.endsWith('/') || kindBits(listed) === FOLDER) return 'folder'
  return kindBits(listed) === LINK ? 'link' : 'file'
}

// Of a mode only one bit means anything on another machine.
function modeOf({ mode }: Listed): number {
  return ((mode ?? 0) & 0o111) === 0 ? 0o644 : 0o755
}

function hasOneTop(listed: readonly Listed[], parted: readonly (readonly string[])[]): boolean {
  const tops = new Set(parted.map(([top]) => top))
  const isFolder = parted.every((parts, at) => parts.length > 1 || listed[at]?.name.endsWith('/'))
  return tops.size === 1 && isFolder
}

// Nothing may lie twice in one place, nor below a file or a link: a link that came first would lead it elsewhere.
function clashIn(placed: readonly Placed[]): string | undefined {
  const leaves = new Set<string>()
  const folders = new Set<string>()
  for (const { kind, path } of placed) {
    if (kind === 'folder') folders.add(path)
    else if (leaves.has(path)) return `«${shownPath(path)}» is in it twice`
    else leaves.add(path)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      folders.add(path.slice(0, at))
  }
  const clash = [...leaves].find((path) => folders.has(path))
  return clash === undefined ? undefined : `«${shownPath(clash)}» is both a folder and something else in it`
}

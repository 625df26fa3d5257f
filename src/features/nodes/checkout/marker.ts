import { fieldsIn } from '../../../base/json-fields.ts'
import type { LockedNode } from '../../../base/node.ts'
import type { Fs } from '../../../host/fs.ts'

/** What a checkout says about itself: a start that was cut finds out by it what the last one had got. */
export type Marker = {
  readonly request: string
  readonly locked: LockedNode
  /** Escaped paths of all that was unpacked; undefined for a repository, which knows that itself. */
  readonly members?: readonly string[]
}

/** ComfyUI-Manager’s list of what it unpacked. */
export const TRACKING = '.tracking'

const IN_FOLDER = '.comfy-init.json'
const IN_GIT = '.git/comfy-init.json'

/** Names at the top of a checkout that are neither its own nor a user’s. */
export const MARKERS: ReadonlySet<string> = new Set([TRACKING, IN_FOLDER])

/** Puts the marker into a checkout: beside what git looks at, where it is a repository. */
export async function writeMarker(fs: Fs, folder: string, marker: Marker): Promise<void> {
  const name = marker.members === undefined ? IN_GIT : IN_FOLDER
  await fs.replace(`${folder}/${name}`, Buffer.from(`${JSON.stringify(marker)}\n`), 0o644)
}

/** The marker of a checkout; undefined where there is none, or none that we wrote. */
export async function readMarker(fs: Fs, folder: string): Promise<Marker | undefined> {
  const read = async (name: string) => fieldsIn(await fs.readText(`${folder}/${name}`))
  const [inGit, inFolder] = await Promise.all([read(IN_GIT), read(IN_FOLDER)])
  if (isMarker(inGit) && inGit.members === undefined && isOf(inGit, ['git'])) return inGit
  return isMarker(inFolder) && inFolder.members !== undefined && isOf(inFolder, ['registry', 'zip'])
    ? inFolder
    : undefined
}

// Where it lies must be where we would have put it: a copied one says nothing of the folder that it is in.
function isOf({ locked }: Marker, kinds: readonly string[]): boolean {
  const { source, commit } = locked
  return (
    kinds.includes(source.kind) &&
    (source.kind !== 'git' || (typeof source.url === 'string' && typeof commit === 'string'))
  )
}

function isMarker(value: unknown): value is Marker {
  if (!isObject(value) || !('request' in value) || !('locked' in value)) return false
  const { request, locked } = value
  const hasNode =
    isObject(locked) &&
    'folder' in locked &&
    typeof locked.folder === 'string' &&
    'source' in locked &&
    isObject(locked.source)
  return typeof request === 'string' && hasNode && (!('members' in value) || Array.isArray(value.members))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

import { fieldsIn } from '../base/json-fields.ts'
import type { Fs } from '../host/fs.ts'
import type { ComfySource } from './facts.ts'
import { readCommit } from './git-commit.ts'
import { orAbsent } from './or-absent.ts'
import { parseCategories, parseFlags, parseVersion } from './parse-comfyui.ts'

/** Note that an image builder may leave in the tree, for images without .git. */
export const IMAGE_NOTE = '.comfy-init-image.json'

/** What a ComfyUI tree says about itself; undefined when it has no main.py. */
export async function lookSource(fs: Fs, tree: string): Promise<ComfySource | undefined> {
  const read = (name: string) => orAbsent(fs.readText(`${tree}/${name}`))
  const [main, note, version, requirements, manager, cliArgs, folderPaths, gitCommit] = await Promise.all([
    orAbsent(fs.follow(`${tree}/main.py`)),
    read(IMAGE_NOTE).then(parseNote),
    read('comfyui_version.py').then((text) => parseVersion(text ?? '')),
    read('requirements.txt'),
    read('manager_requirements.txt'),
    read('comfy/cli_args.py'),
    read('folder_paths.py'),
    readCommit(fs, tree),
  ])
  if (main === undefined) return undefined
  const required = note.requirements ?? requirements
  const known = {
    version: note.version ?? version,
    commit: note.commit ?? gitCommit,
    requirements: required === undefined ? undefined : hash(required),
  }
  return {
    ...known,
    identity: identityOf(known),
    managerRequirements: manager === undefined ? undefined : hash(manager),
    flags: parseFlags(cliArgs ?? ''),
    categories: parseCategories(folderPaths ?? '')
      .filter(({ below }) => below === 'models')
      .map(({ name, folders }) => ({ name, folders })),
  }
}

type Known = {
  readonly version: string | undefined
  readonly commit: string | undefined
  readonly requirements: string | undefined
}

/** `0.33.0-783545f689a0-1a2b3c4d`, the last a digest of its requirements; a part that is not known is left out. Two images that differ in one part differ here. */
export function identityOf({ version, commit, requirements }: Known): string {
  const parts = [version, commit?.slice(0, 12), requirements]
  return parts.filter((part) => part !== undefined).join('-') || 'unknown'
}

function parseNote(text: string | undefined): Known {
  const note = fieldsIn(text) ?? {}
  return {
    version: textOf(note.version),
    commit: textOf(note.commit),
    requirements: textOf(note.requirements),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

// FNV-1a, 32 bits: it only has to tell two lists of requirements apart.
function hash(text: string): string {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  return value.toString(16).padStart(8, '0')
}

import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { join, relative } from 'node:path'
import { databaseText } from '../support/story-person.ts'

/** What a boot leaves in a volume, one line per entry: two equal lists are two equal trees. */
export type Left = readonly string[]

/** What differs from boot to boot: logs, reports, caches, what ComfyUI writes for itself. */
const ITS_OWN =
  /(^|\/)(__pycache__|temp)(\/|$)|^\.comfy-init\/(logs\/|report|journal|facts\/|home\/|lock|nodes\/|packages\/)|^ComfyUI\/user\/comfyui.*\.(log|lock)/

/**
 * Path, kind, mode, owner, size, content and modification time of all below a folder. Of what was written later than
 * `sinceMs` the time is left out, and times of day inside it, since they are those of the boot.
 */
export function leftIn(folder: string, sinceMs: number): Left {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !ITS_OWN.test(relative(folder, path)))
    .map((path) => `${withoutTimes(relative(folder, path))} ${describe(path, sinceMs)}`)
    .sort()
}

/** Lines that are in one list only, marked with the sign of the list. */
export function differenceOf(found: Left, wanted: Left): readonly string[] {
  const [here, there] = [new Set(found), new Set(wanted)]
  return [
    ...found.filter((line) => !there.has(line)).map((line) => `+ ${line}`),
    ...wanted.filter((line) => !here.has(line)).map((line) => `- ${line}`),
  ]
}

function describe(path: string, sinceMs: number): string {
  const found = lstatSync(path)
  const mode = (found.mode & 0o7777).toString(8)
  const owner = `${found.uid}:${found.gid}`
  if (found.isSymbolicLink()) return `-> ${readlinkSync(path)} ${owner} ${timeOf(found, sinceMs)}`
  if (found.isDirectory()) return `folder ${mode} ${owner} ${timeOf(found, sinceMs)}`
  if (path.endsWith('/user/comfyui.db')) return `file ${mode} ${owner} ${databaseText(path)}`
  return `file ${mode} ${owner} ${contentOf(path, found, sinceMs)} ${timeOf(found, sinceMs)}`
}

function timeOf({ mtimeMs }: Stats, sinceMs: number): string {
  return mtimeMs > sinceMs ? 'now' : String(mtimeMs)
}

function contentOf(path: string, { mtimeMs, size }: Stats, sinceMs: number): string {
  const bytes = readFileSync(path)
  const content = mtimeMs > sinceMs && size < 100_000 ? withoutTimes(bytes.toString('latin1')) : bytes
  return `${size} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
}

function withoutTimes(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d\.\d{3}Z/g, 'TIME')
}

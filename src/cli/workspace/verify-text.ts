import type { Verified } from '../../app/workspace/verify.ts'
import { columns, printable, shortList } from '../../base/text.ts'

/** How many paths of changed code are listed. */
const MOST = 20

/** What was found in a tree, as a person reads it. */
export function verifiedText({ path, comfyui, whole, looked, changed, missing, own }: Verified): string {
  const name = comfyui.version ?? comfyui.image
  const verdict = whole
    ? `ComfyUI ${name} in ${path} is as it came.`
    : `ComfyUI ${name} in ${path} is not as it came.`
  const rows = [
    ['looked at', `${looked} files and folders, by size and time`],
    ...listed('changed', changed),
    ...listed('missing', missing),
    ['yours', own.length === 0 ? 'nothing' : `${own.length}: ${shortList(own)}`],
  ]
  return `${verdict}\n${columns(printable(rows))}\n`
}

function listed(title: string, paths: readonly string[]): readonly (readonly string[])[] {
  const shown = paths.slice(0, MOST).map((path, at) => [at === 0 ? title : '', path])
  const rest = paths.length - shown.length
  return rest === 0 ? shown : [...shown, ['', `and ${rest} more (--json lists all)`]]
}

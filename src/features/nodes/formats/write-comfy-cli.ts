import { textOf } from './packages.ts'
import { pinOf } from './pin-of.ts'
import { DEFINITION_SCHEMA } from './read-comfy-cli.ts'
import type { Pinned, ToExport } from './write-foreign.ts'

/** A definition as `comfy build scan` writes it, without models. */
export function writeComfyCli(
  pinned: readonly Pinned[],
  { lock }: ToExport,
): { readonly value: object; readonly notes: readonly string[] } {
  const notes: string[] = []
  const customNodes: object[] = []
  for (const each of pinned) {
    const pin = pinOf(each)
    const { folder, enabled } = each.wanted
    if ('note' in pin) notes.push(pin.note)
    else if (!enabled) notes.push(`${folder} is left out: the format has no nodes that are switched off.`)
    else if (pin.kind === 'git')
      customNodes.push({ name: folder, repository: pin.url, gitRef: pin.commit, source: 'git' })
    else customNodes.push({ name: folder, id: pin.id, registryVersion: pin.version, source: 'registry' })
  }
  const version =
    lock.comfyui?.commit ?? (lock.comfyui?.version === undefined ? undefined : `v${lock.comfyui.version}`)
  if (version === undefined) notes.push('It names no ComfyUI: baseComfyVersion has to be added by hand.')
  const value = {
    schema: DEFINITION_SCHEMA,
    models: [],
    customNodes,
    ...(version === undefined ? {} : { baseComfyVersion: version }),
    ...(lock.packages.length === 0
      ? {}
      : { pipDependencies: lock.packages.map((each) => `${textOf(each)}\n`).join('') }),
  }
  return { value, notes }
}

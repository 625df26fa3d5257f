import { textOf } from './packages.ts'
import { pinOf } from './pin-of.ts'
import type { Pinned, ToExport } from './write-foreign.ts'

/** A snapshot of ComfyUI-Manager, as its JSON files are. */
export function writeManager(
  pinned: readonly Pinned[],
  { lock }: ToExport,
): { readonly value: object; readonly notes: readonly string[] } {
  const git: Record<string, { readonly hash: string; readonly disabled: boolean }> = {}
  const registry: Record<string, string> = {}
  const notes: string[] = []
  for (const each of pinned) {
    const pin = pinOf(each)
    const { folder, enabled } = each.wanted
    if ('note' in pin) notes.push(pin.note)
    else if (pin.kind === 'git') git[pin.url] = { hash: pin.commit, disabled: !enabled }
    else if (enabled) registry[pin.id] = pin.version
    else notes.push(`${folder} is left out: the format has no registry nodes that are switched off.`)
  }
  const value = {
    comfyui: lock.comfyui?.commit ?? null,
    git_custom_nodes: git,
    cnr_custom_nodes: registry,
    file_custom_nodes: [],
    pips: Object.fromEntries(lock.packages.map((each) => [textOf(each), ''])),
  }
  return { value, notes }
}

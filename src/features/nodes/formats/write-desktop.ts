import { pinOf } from './pin-of.ts'
import { DESKTOP_TYPE } from './read-desktop.ts'
import type { Pinned, ToExport } from './write-foreign.ts'

/** An export of Comfy Desktop with one snapshot, version 1. */
export function writeDesktop(
  pinned: readonly Pinned[],
  { lock, name, atMs }: ToExport,
): { readonly value: object; readonly notes: readonly string[] } {
  const at = new Date(atMs).toISOString()
  const pins = pinned.map((each) => ({ each, pin: pinOf(each) }))
  const tag = lock.comfyui?.version === undefined ? '' : `v${lock.comfyui.version}`
  const snapshot = {
    version: 1,
    createdAt: at,
    trigger: 'manual',
    label: name,
    comfyui: {
      ref: lock.comfyui?.commit ?? tag,
      commit: lock.comfyui?.commit ?? null,
      releaseTag: tag,
      variant: '',
    },
    customNodes: pins.flatMap(({ each, pin }): readonly object[] => {
      if ('note' in pin) return []
      const { folder, enabled } = each.wanted
      if (pin.kind === 'registry')
        return [{ id: pin.id, type: 'cnr', dirName: folder, enabled, version: pin.version }]
      return [{ id: folder, type: 'git', dirName: folder, enabled, commit: pin.commit, url: pin.url }]
    }),
    pipPackages: Object.fromEntries(lock.packages.map((each) => [each.name, each.version])),
    // These are the packages of the nodes only: whoever made all others like this list would take the rest away.
    skipPipSync: true,
  }
  const value = {
    type: DESKTOP_TYPE,
    version: 1,
    exportedAt: at,
    installationName: name,
    snapshots: [snapshot],
  }
  return { value, notes: pins.flatMap(({ pin }) => ('note' in pin ? [pin.note] : [])) }
}

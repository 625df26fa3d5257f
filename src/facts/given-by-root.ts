import type { Facts } from './facts.ts'

/**
 * True when the workspace folder is made or given to the person ComfyUI runs as before it is used: we are root and may
 * change, they are not root, and the folder is absent, or bare and root's own, as a fresh Docker volume is. What lies in a
 * folder of root's would stay root's: that is for a person to decide.
 */
export function isGivenByRoot({ who, workspace }: Pick<Facts, 'who' | 'workspace'>): boolean {
  if (!mayGive({ who, workspace }) || workspace.mount?.readOnly === true) return false
  // proc and sysfs have no room at all: nothing is made there, not even by root.
  if (workspace.entry === undefined) return workspace.space !== undefined
  const refused = workspace.abilities?.create
  return workspace.isBare && workspace.entry.uid === 0 && (refused === 'EACCES' || refused === 'EPERM')
}

/** True when what is root's, in or at the workspace, can be given away and should be. */
export function mayGive({ who, workspace }: Pick<Facts, 'who' | 'workspace'>): boolean {
  // Root gives nothing away where a link leads: ComfyUI’s user may have made it.
  return who.us.uid === 0 && who.canChange && who.target.uid !== 0 && !workspace.isLinked
}

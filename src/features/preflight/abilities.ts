import { hostId } from '../../base/ids.ts'
import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import { isGivenByRoot } from '../../facts/given-by-root.ts'
import type { FileEntry } from '../../host/fs.ts'
import type { Settings } from '../../settings/settings.ts'

/** What the workspace must let us do: be there or be made, take new files, renames and, where ComfyUI is moved, symlinks. */
export function checkAbilities(settings: Settings, facts: Facts, places: Places): readonly Problem[] {
  if (isTheWrongPerson(settings, facts)) return []
  const { path, entry, abilities, canMake } = facts.workspace
  if (isGivenByRoot(facts)) return noExec(facts)
  if (entry === undefined)
    return canMake ? [] : [new Problem('WORKSPACE_CANNOT_BE_MADE', { path, us: facts.who.target })]
  if (entry.kind === 'file' || entry.kind === 'other')
    return [new Problem('WORKSPACE_NOT_A_FOLDER', { path })]
  if (abilities?.create !== undefined) return [cannotWrite(facts, entry, abilities.create)]
  return [
    ...(abilities?.rename === undefined
      ? []
      : [new Problem('WORKSPACE_CANNOT_RENAME', refused(facts, entry, abilities.rename))]),
    ...(abilities?.link === undefined ? [] : [withoutLinks(facts, places, abilities.link)]),
    ...noExec(facts),
  ]
}

// Refused for who it is: what that person may not do is beside the point.
function isTheWrongPerson({ identity, uid, gid }: Settings, { who }: Facts): boolean {
  if (identity !== 'enforce') return false
  return (uid ?? who.us.uid) !== who.us.uid || (gid ?? who.us.gid) !== who.us.gid
}

function cannotWrite(facts: Facts, entry: FileEntry, code: string): Problem {
  const { path, mount, space } = facts.workspace
  // A read-only mount of somebody else's folder answers EACCES first; owning it would not help.
  switch (mount?.readOnly ? 'EROFS' : code) {
    case 'EROFS':
      return new Problem('WORKSPACE_READ_ONLY', { path, mount: mount?.point ?? path })
    case 'ENOSPC':
    case 'EDQUOT':
      return new Problem('WORKSPACE_FULL', { path, code, freeBytes: space?.freeBytes })
    default:
      return new Problem('WORKSPACE_NOT_WRITABLE', refused(facts, entry, code))
  }
}

// Only the first move needs links in the workspace; a tree that was moved has shown that it lives without.
function withoutLinks({ workspace }: Facts, places: Places, code: string): Problem {
  const needed = places.mode === 'move' && workspace.tree.state !== 'ours'
  const details = { path: workspace.path, code, filesystem: workspace.mount?.filesystem ?? 'of unknown kind' }
  return new Problem('WORKSPACE_WITHOUT_LINKS', details, { level: needed ? 'blocking' : 'warning' })
}

function noExec({ workspace: { path, mount } }: Facts): readonly Problem[] {
  return mount?.noExec ? [new Problem('WORKSPACE_NOEXEC', { path, mount: mount.point })] : []
}

function refused({ workspace, who }: Facts, entry: FileEntry, code: string) {
  const us = who.target
  const onHost = hostId(who.uidMap, us.uid)
  return {
    path: workspace.path,
    code,
    owner: { uid: entry.uid, gid: entry.gid },
    mode: entry.mode,
    us,
    name: who.passwd?.name,
    onHost: onHost === us.uid ? undefined : onHost,
    filesystem: workspace.mount?.filesystem ?? 'an unknown filesystem',
  }
}

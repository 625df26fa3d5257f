import type { FileEntry } from '../host/fs.ts'
import type { Host } from '../host/host.ts'
import type { Ids } from '../host/users.ts'
import type { Facts, Who } from './facts.ts'
import { type IdRange, isMapped, parseIdMap } from './id-map.ts'
import { orAbsent } from './or-absent.ts'
import type { Sought } from './sought.ts'
import { groupsOf, mayChangeIds, type PasswdLine, passwdLineOf } from './user-files.ts'

/** What else decides who ComfyUI runs as. */
export type WhoContext = {
  /** The workspace folder, if it exists. */
  readonly workspace: FileEntry | undefined
  readonly gpuGroups: readonly number[]
  /** Facts of the round before this one. */
  readonly before: Facts | undefined
}

/** What the system's files say about ids: who may change them, which exist, and their names. */
export async function readIdFiles(host: Host): Promise<IdFiles> {
  const read = (path: string) => orAbsent(host.fs.readText(path))
  const [status, uidText, gidText, setgroups, passwd, group] = await Promise.all([
    read('/proc/self/status'),
    read('/proc/self/uid_map'),
    read('/proc/self/gid_map'),
    read('/proc/self/setgroups'),
    read('/etc/passwd'),
    read('/etc/group'),
  ])
  return {
    maps: { uids: parseIdMap(uidText), gids: parseIdMap(gidText) },
    may: setgroups?.trim() !== 'deny' && mayChangeIds(status ?? ''),
    passwd: passwd ?? '',
    group: group ?? '',
  }
}

/** What `readIdFiles` found. */
export type IdFiles = {
  readonly maps: { readonly uids: readonly IdRange[]; readonly gids: readonly IdRange[] }
  /** The capabilities are there and setgroups is allowed. */
  readonly may: boolean
  /** Texts of /etc/passwd and /etc/group. */
  readonly passwd: string
  readonly group: string
}

/** All that the decision about the target depends on. */
export type WhoBasis = WhoContext & IdFiles

/**
 * The target: as root the ids asked for, else the workspace's owner when that is not root, else 1000:1000; otherwise
 * ourselves. Root that may not change becomes nobody unless it was asked to: then the target stays for others to refuse.
 */
export function decideWho(
  us: Ids,
  sought: Pick<Sought, 'uid' | 'gid'>,
  basis: WhoBasis,
): Omit<Who, 'homeIsUsable'> {
  const { maps, passwd, before } = basis
  const stayed = (target: Ids, source: Who['source']) => {
    const line = passwdLineOf(target.uid, passwd)
    return {
      us,
      target,
      source,
      uidMap: maps.uids,
      passwd: line && { name: line.name, home: line.home },
    }
  }
  if (us.uid !== 0) {
    const dropped = before !== undefined && before.who.us.uid === 0
    return { ...stayed(us, dropped ? 'already-dropped' : 'as-started'), canChange: false }
  }
  const { source, uid, gid } = wantedIds(sought, basis)
  const canChange = basis.may && isMapped(uid, maps.uids) && isMapped(gid, maps.gids)
  if (!canChange && source !== 'settings') return { ...stayed(us, 'as-started'), canChange }
  const target = { uid, gid, groups: groupsFor(us, { uid, gid }, basis) }
  return { ...stayed(target, source), canChange }
}

type Wanted = { readonly uid: number; readonly gid: number; readonly source: Who['source'] }

const DEFAULT_ID = 1000

// The kernel shows an owner that this user namespace does not know as nobody; that is nobody's wish.
function wantedIds({ uid, gid }: Pick<Sought, 'uid' | 'gid'>, basis: WhoBasis): Wanted {
  if (uid !== undefined) {
    const line = passwdLineOf(uid, basis.passwd)
    return { uid, gid: gid ?? line?.gid ?? uid, source: 'settings' }
  }
  const { workspace, maps } = basis
  const owner =
    workspace !== undefined && workspace.uid !== 0 && isMapped(workspace.uid, maps.uids)
      ? workspace
      : undefined
  const found = owner ?? { uid: DEFAULT_ID, gid: DEFAULT_ID }
  const source = gid !== undefined ? 'settings' : owner === undefined ? 'default' : 'workspace-owner'
  return { uid: found.uid, gid: gid ?? found.gid, source }
}

// Ours are kept because --group-add and Kubernetes' supplementalGroups arrive that way.
function groupsFor(us: Ids, ids: { uid: number; gid: number }, basis: WhoBasis): readonly number[] {
  const line: PasswdLine | undefined = passwdLineOf(ids.uid, basis.passwd)
  const named = line === undefined ? [] : groupsOf(line.name, basis.group)
  const groups = new Set([...us.groups, ...named, ...basis.gpuGroups])
  return [...groups]
    .filter((group) => group !== 0 && group !== ids.gid && isMapped(group, basis.maps.gids))
    .sort((a, b) => a - b)
}

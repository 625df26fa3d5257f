/** Who a process is: numeric ids, the supplementary groups without the primary one. */
export type Ids = { readonly uid: number; readonly gid: number; readonly groups: readonly number[] }

/** The identity of this process, and the two ways to change it. */
export type Users = {
  /** Real ids of the process. */
  readonly ids: () => Ids
  /** The id that files are made with now: of whoever it acts as. */
  readonly actingUid: () => number
  /**
   * Acts as this person from now on (effective ids, all threads), or as root again when undefined. Only a process whose
   * real uid is 0 changes anything. Files made meanwhile belong to that person, and what they may not do fails.
   */
  readonly actAs: (ids: Ids | undefined) => void
  /** Does one thing as whoever we were started as, and then acts as before. */
  readonly asStarted: <T>(act: () => Promise<T>) => Promise<T>
  /** Becomes this person for good: groups, gid, then uid; no way back. Throws EPERM without CAP_SETUID and CAP_SETGID. */
  readonly become: (ids: Ids) => void
  readonly umask: (mask: number) => void
}

/** The process's real identity. */
export function realUsers(): Users {
  const start = currentIds()
  let acting: Ids | undefined
  const actAs = (ids: Ids | undefined) => {
    acting = ids
    const wanted = ids ?? start
    if (process.getuid?.() !== 0 || isActing(wanted)) return
    process.seteuid?.(0)
    process.setgroups?.([...wanted.groups])
    process.setegid?.(wanted.gid)
    if (wanted.uid !== 0) process.seteuid?.(wanted.uid)
  }
  return {
    ids: currentIds,
    actingUid: () => process.geteuid?.() ?? 0,
    actAs,
    asStarted: async (act) => {
      const before = acting
      actAs(undefined)
      try {
        return await act()
      } finally {
        actAs(before)
      }
    },
    become: (ids) => {
      process.seteuid?.(0)
      process.setgroups?.([...ids.groups])
      process.setgid?.(ids.gid)
      process.setuid?.(ids.uid)
    },
    umask: (mask) => {
      process.umask(mask)
    },
  }
}

// Without CAP_SETGID even setting the same groups again is refused: nothing to change means nothing to do.
function isActing({ uid, gid, groups }: Ids): boolean {
  if (process.geteuid?.() !== uid || process.getegid?.() !== gid) return false
  const others = (ids: readonly number[]) =>
    ids
      .filter((group) => group !== gid)
      .toSorted((a, b) => a - b)
      .join()
  return others(process.getgroups?.() ?? []) === others(groups)
}

function currentIds(): Ids {
  const gid = process.getgid?.() ?? 0
  return {
    uid: process.getuid?.() ?? 0,
    gid,
    groups: (process.getgroups?.() ?? []).filter((group) => group !== gid),
  }
}

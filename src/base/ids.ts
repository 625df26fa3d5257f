/** One line of /proc/self/uid_map: `count` ids from `inside` are the ids from `outside` on the host. */
export type IdRange = { readonly inside: number; readonly outside: number; readonly count: number }

/** A user and a group id. */
export type Person = { readonly uid: number; readonly gid: number }

/** `1000:1000`, with the name where it is known: `0:0 (root)`. */
export function personText({ uid, gid }: Person, name?: string): string {
  const known = name ?? (uid === 0 ? 'root' : undefined)
  return `${uid}:${gid}${known === undefined ? '' : ` (${known})`}`
}

/** Permission bits as number and letters: `0755 (rwxr-xr-x)`. */
export function modeText(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-')).join('')
  return `${mode.toString(8).padStart(4, '0')} (${letters})`
}

/** The id that the host sees for an id of this container; undefined when this user namespace has no such id. */
export function hostId(map: readonly IdRange[], id: number): number | undefined {
  if (map.length === 0) return id
  const range = map.find(({ inside, count }) => id >= inside && id < inside + count)
  return range === undefined ? undefined : range.outside + (id - range.inside)
}

/** The ids a user namespace holds, as a person reads them: `0 to 999, 1001 to 65536`. */
export function rangesText(map: readonly IdRange[]): string {
  return map
    .map(({ inside, count }) => (count === 1 ? `${inside}` : `${inside} to ${inside + count - 1}`))
    .join(', ')
}

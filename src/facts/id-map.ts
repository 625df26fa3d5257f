/** One line of /proc/self/uid_map or gid_map: ids from `inside` on are those from `outside` on out there. */
export type IdRange = { readonly inside: number; readonly outside: number; readonly count: number }

/** Ranges of a uid_map's or gid_map's text; without one (no user namespaces in this kernel) every id is mapped to itself. */
export function parseIdMap(text: string | undefined): readonly IdRange[] {
  if (text === undefined) return [{ inside: 0, outside: 0, count: 4294967295 }]
  return text.split('\n').flatMap((line) => {
    const [inside, outside, count] = line.trim().split(/\s+/).map(Number)
    return inside === undefined || outside === undefined || count === undefined
      ? []
      : [{ inside, outside, count }]
  })
}

/** Whether an id exists in this user namespace. */
export function isMapped(id: number, map: readonly IdRange[]): boolean {
  return map.some(({ inside, count }) => id >= inside && id < inside + count)
}

/** One line of /etc/passwd. */
export type PasswdLine = {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** The first line for a user id in /etc/passwd's text. */
export function passwdLineOf(uid: number, text: string): PasswdLine | undefined {
  for (const line of text.split('\n')) {
    const [name, , id, gid, , home] = line.split(':')
    if (name && id !== undefined && isNumber(id) && Number(id) === uid)
      return { name, uid, gid: gid !== undefined && isNumber(gid) ? Number(gid) : uid, home: home || '/' }
  }
  return undefined
}

/** Ids of the groups that list a user's name in /etc/group's text. */
export function groupsOf(name: string, text: string): readonly number[] {
  return text.split('\n').flatMap((line) => {
    const [, , gid, members] = line.split(':')
    const isIn = members?.trim().split(',').includes(name) ?? false
    return isIn && gid !== undefined && isNumber(gid) ? [Number(gid)] : []
  })
}

const CAP_SETGID = 6n
const CAP_SETUID = 7n

/** Whether /proc/self/status says that this process may change its user and group ids now. */
export function mayChangeIds(status: string): boolean {
  const [, hex] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? []
  const bits = hex === undefined ? 0n : BigInt(`0x${hex}`)
  return [CAP_SETGID, CAP_SETUID].every((bit) => ((bits >> bit) & 1n) === 1n)
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

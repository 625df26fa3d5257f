import type { Calls } from './calls.ts'
import type { Functions } from './native-declarations.ts'

/** Copies attributes in the `user.` space; what either filesystem will not have is left out. */
export function attributeCopier(c: Functions): Pick<Calls, 'copyAttributes'> {
  const names = Buffer.allocUnsafeSlow(SPACE)
  const value = Buffer.allocUnsafeSlow(SPACE)
  return {
    copyAttributes: (from, to) => {
      const bytes = c.flistxattr(from.fd, names, BigInt(SPACE))
      for (let at = 0; at < bytes; ) {
        const next = names.indexOf(0, at) + 1
        const name = names.subarray(at, next)
        at = next
        if (name.toString('latin1', 0, 5) !== 'user.') continue
        const valueBytes = c.fgetxattr(from.fd, name, value, BigInt(SPACE))
        if (valueBytes >= 0) c.fsetxattr(to.fd, name, value, BigInt(valueBytes), 0)
      }
    },
  }
}

/** The system's own limit for both. */
const SPACE = 64 * 1024

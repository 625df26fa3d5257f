import type { Host } from '../../src/host/host.ts'

/** A host whose n-th file system operation, counted from 1, fails with a system error; the others work. */
export type FaultyHost = { readonly host: Host; readonly operations: () => number }

/** What filesystems answer when they are full, broken, read-only, gone, or somebody else's. */
export const FAULTS = [
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'EACCES',
  'ESTALE',
  'ENAMETOOLONG',
  'EMFILE',
] as const

/** Fails at the n-th operation of `host.fs`, before it happens. */
export function faultyHost(host: Host, n: number, code: (typeof FAULTS)[number]): FaultyHost {
  let operations = 0
  const wrap =
    (name: string, act: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]) => {
      operations++
      if (operations === n)
        throw Object.assign(new Error(`${code}: injected into ${name}`), { code, path: String(args[0]) })
      return act(...args)
    }
  const fs = Object.fromEntries(Object.entries(host.fs).map(([name, act]) => [name, wrap(name, act)]))
  return { host: { ...host, fs: fs as Host['fs'] }, operations: () => operations }
}

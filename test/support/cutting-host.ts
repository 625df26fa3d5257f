import { isPlain } from '../../src/base/tree-path.ts'
import type { CopyOptions } from '../../src/host/copy/copy-options.ts'
import type { Fs } from '../../src/host/fs.ts'
import type { Host } from '../../src/host/host.ts'

/** Stands for a kill: thrown instead of, or after, one operation, and by every operation that follows. */
export class Cut extends Error {
  constructor(operation: string) {
    super(`The process was killed at ${operation}.`)
    this.name = 'Cut'
  }
}

/** At which moment of the operation the kill comes. */
export type When = 'before' | 'during' | 'after'

/** A host whose n-th file system operation is a kill; `operations` is how many were begun so far. */
export type CuttingHost = {
  readonly host: Host
  readonly operations: () => number
  readonly isCut: () => boolean
}

/**
 * Cuts at the n-th operation of `host.fs`, counted from 1: before it happens, just after, or (a copy alone can be half done)
 * during it. A killed process does nothing more, so every later operation throws too. It is not simulated that the disk
 * loses what was not synced.
 */
export function cuttingHost(host: Host, n: number, when: When = 'before'): CuttingHost {
  let operations = 0
  let isCut = false
  const cut = (name: string): never => {
    isCut = true
    throw new Cut(name)
  }
  const wrap =
    (name: string, act: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]) => {
      operations++
      const isIt = operations === n
      if (isCut || (isIt && when === 'before')) cut(name)
      try {
        return await act(...args)
      } finally {
        // One that was refused may be the last, too.
        if (isCut || (isIt && when === 'after')) cut(name)
      }
    }
  const copyTree: Fs['copyTree'] = async (from, to, options: CopyOptions = {}) => {
    if (operations !== n || when !== 'during') return host.fs.copyTree(from, to, options)
    try {
      return await host.fs.copyTree(from, to, { ...options, onProgress: () => cut('copyTree') })
    } finally {
      await tear(host.fs, to)
    }
  }
  const wrapped = Object.entries({ ...host.fs, copyTree }).map(([name, act]) => [name, wrap(name, act)])
  return {
    host: { ...host, fs: Object.fromEntries(wrapped) as Fs },
    operations: () => operations,
    isCut: () => isCut,
  }
}

/** Makes a copy look like one that was cut: every second file is not there yet, the first one is half written. */
async function tear(fs: Fs, tree: string): Promise<void> {
  const files = (await fs.walk(tree)).filter(({ kind, path }) => kind === 'file' && isPlain(path))
  for (const [at, { path }] of files.entries()) if (at % 2 === 1) await fs.remove(`${tree}/${path}`)
  const [first] = files
  if (first !== undefined) await fs.write(`${tree}/${first.path}`, 'half', first.mode)
}

import { readFileSync } from 'node:fs'
import { quietly } from './quietly.ts'

/** Memory of this process. */
export type Memory = {
  /**
   * Gives back what the boot needed and rest does not: freed blocks, and our view of the program file (about 40 MB, clean
   * copies that come back by themselves where they are needed). Does nothing where it cannot.
   */
  readonly rest: () => void
}

/** MADV_DONTNEED of madvise(2). */
const DONT_NEED = 4

const C_LIBRARY = {
  madvise: { arguments: ['uint64', 'uint64', 'int32'], return: 'int32' },
  malloc_trim: { arguments: ['uint64'], return: 'int32' },
} as const

/** The process's real memory. */
export function realMemory(): Memory {
  // Found once: what node:ffi gives for a function is never given back.
  let library: ReturnType<typeof openLibrary> | undefined
  return {
    rest: () => {
      try {
        library ??= openLibrary()
        library.malloc_trim(0n)
        for (const { start, bytes } of cleanFileViews(readFileSync('/proc/self/smaps', 'latin1')))
          library.madvise(start, bytes, DONT_NEED)
      } catch {
        // node:ffi is experimental: a Node without it keeps its pages
      }
    },
  }
}

function openLibrary() {
  return quietly(() => process.getBuiltinModule('node:ffi').dlopen(null, C_LIBRARY)).functions
}

/** A mapping: its first address and its length. */
export type View = { readonly start: bigint; readonly bytes: bigint }

/**
 * The mappings in the text of /proc/<pid>/smaps that are views of a file, cannot be written, and hold no page that differs
 * from the file. The last matters: tables that the loader filled in and then protected would be lost.
 */
export function cleanFileViews(smaps: string): readonly View[] {
  return smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).flatMap((mapping) => {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +\/.*\n/.exec(mapping) ?? []
    if (from === undefined || !/^Anonymous: +0 kB$/m.test(mapping)) return []
    const start = BigInt(`0x${from}`)
    return [{ start, bytes: BigInt(`0x${to}`) - start }]
  })
}

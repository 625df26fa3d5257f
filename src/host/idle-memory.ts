import { readFileSync } from 'node:fs'
import { quietly } from './quietly.ts'

/** Gives memory back that the boot needed and rest does not: freed blocks and our view of the program file.
 *
 *  Starting touches some 55 MB of the binary's own pages, and they count as ours for as long as they stay mapped. They
 *  are clean copies of the file: dropped, they come back by themselves where they are needed. Takes about 10 ms; call
 *  it once, when the boot is over. False where this Node cannot (node:ffi is experimental): nothing depends on it. */
export function releaseIdleMemory(): boolean {
  try {
    const { functions } = quietly(() => process.getBuiltinModule('node:ffi').dlopen(null, declarations))
    functions.malloc_trim(0n)
    for (const { start, bytes } of cleanFileViews(readFileSync('/proc/self/smaps', 'latin1'))) {
      functions.madvise(start, bytes, dontNeed)
    }
    return true
  } catch {
    return false
  }
}

const declarations = {
  madvise: { arguments: ['uint64', 'uint64', 'int32'], return: 'int32' },
  malloc_trim: { arguments: ['uint64'], return: 'int32' },
} as const

/** MADV_DONTNEED of madvise(2). */
const dontNeed = 4

type View = { readonly start: bigint; readonly bytes: bigint }

/** The mappings in the text of /proc/<pid>/smaps that are views of a file, cannot be written and hold no page that
 *  differs from the file. The last matters: tables the loader filled in and then protected would be lost. */
export function cleanFileViews(smaps: string): readonly View[] {
  const mappings = smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
  return mappings.flatMap((mapping) => {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +\/.*\n/.exec(mapping) ?? []
    if (from === undefined || !/^Anonymous: +0 kB$/m.test(mapping)) return []
    const start = BigInt(`0x${from}`)
    return [{ start, bytes: BigInt(`0x${to}`) - start }]
  })
}

import { readFileSync } from 'node:fs'
import { quietly } from './quietly.ts'

/** Memory of this process. */
export type Memory = {
  /**
   * Gives back the pages of the program file that only the start needed (about 40 MB); what is needed again is mapped again
   * from the page cache. Does nothing where it cannot.
   */
  readonly rest: () => void
}

/** MADV_DONTNEED of madvise(2); on a read-only file mapping it drops the mapping's pages, never data. */
const DONT_NEED = 4
const LEAST_BYTES = 1n << 20n

/** The process's real memory. */
export function realMemory(): Memory {
  return {
    rest: () => {
      try {
        quietly(release)
      } catch {
        // a Node without FFI, or a kernel that refuses: the pages stay
      }
    },
  }
}

function release(): void {
  const ffi = process.getBuiltinModule('node:ffi')
  const { functions } = ffi.dlopen(null, { madvise: { arguments: ['u64', 'u64', 'i32'], return: 'i32' } })
  for (const { from, bytes } of programPages()) functions.madvise(from, bytes, DONT_NEED)
}

// Read-only mappings of the program file without relocations (those are small): code, constants, embedded data.
function programPages(): readonly { readonly from: bigint; readonly bytes: bigint }[] {
  const lines = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.endsWith(process.execPath))
  return lines.flatMap((line) => {
    const [, from = '0', to = '0'] = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p /.exec(line) ?? []
    const bytes = BigInt(`0x${to}`) - BigInt(`0x${from}`)
    return bytes < LEAST_BYTES ? [] : [{ from: BigInt(`0x${from}`), bytes }]
  })
}

import { readFileSync } from 'node:fs'
import { copyTree } from '../../../src/host/copy/copy-tree.ts'

/** Copies a tree with the program's engine and prints its peak memory in KiB. */
const [from = '', to = '', width] = process.argv.slice(2)
copyTree(from, to, { width: Number(width) }).then(() => {
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? []
  console.log(peak)
  process.exit(0)
})

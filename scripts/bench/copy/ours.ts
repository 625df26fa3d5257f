import { readFileSync } from 'node:fs'
import { copyTree } from '../../../src/host/copy/copy-tree.ts'

/** Copies a tree with the program's engine; prints the peak of its memory in KiB and how long the copy took, milliseconds. */
const [from = '', to = '', width] = process.argv.slice(2)
const startMs = performance.now()
copyTree(from, to, { width: Number(width) }).then(() => {
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? []
  console.log(`${peak} ${performance.now() - startMs}`)
  process.exit(0)
})

import type { LockMade } from '../../app/nodes/lock.ts'
import type { Vendored } from '../../app/nodes/vendor.ts'
import { printable, shortList } from '../../base/text.ts'

/** What was locked, and what was found out for it. */
export function lockedText({ lock, path, resolved }: LockMade): string {
  const { nodes, packages } = lock
  const found = resolved.length === 0 ? 'All had their pins already.' : `Found out: ${shortList(resolved)}.`
  const count = `${counted(nodes.length, 'node')} and ${counted(packages.length, 'package')}`
  return `${printable(`${count} are locked in ${path}. ${found}`)}\n`
}

/** What a vendor folder has since. */
export function vendoredText({ path, nodes, packages, notes }: Vendored): string {
  const lines = [
    `${counted(nodes.length, 'node')} and the wheels of ${counted(packages, 'package')} are in ${path}.`,
    ...notes,
  ]
  return printable(lines)
    .map((line) => `${line}\n`)
    .join('')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

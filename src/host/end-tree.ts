import { readdirSync, readFileSync } from 'node:fs'

/** Time between asking and killing, milliseconds. */
const GRACE_MS = 500

/**
 * Ends a process and all that it started: a helper of a helper would go on, and hold its pipes. They are asked, and killed half
 * a second later. Whoever made itself a child of somebody else before is not found.
 */
export function endTree(root: number): void {
  const tree = treeOf(root)
  for (const { pid } of tree) send(pid, 'SIGTERM')
  setTimeout(() => {
    const now = new Map(everybody().map((each) => [each.pid, each.startedAt]))
    for (const { pid, startedAt } of tree) if (now.get(pid) === startedAt) send(pid, 'SIGKILL')
  }, GRACE_MS).unref()
}

type Entry = { readonly pid: number; readonly parent: number; readonly startedAt: string }

function treeOf(root: number): readonly Entry[] {
  const all = everybody()
  const tree = all.filter(({ pid }) => pid === root)
  // It grows while it is gone through: children come after their parents.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

function everybody(): readonly Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name of a program is in brackets, and may have brackets and blanks in it.
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')
        return [{ pid: Number(name), parent: Number(fields[1]), startedAt: fields[19] ?? '' }]
      } catch {
        return []
      }
    })
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already.
  }
}

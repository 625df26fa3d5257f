import { readFileSync } from 'node:fs'

/** A file of /proc, empty when its process is gone. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** A process's name as the kernel has it, 15 bytes at most; empty when it is gone. */
export function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/comm`).trim()
}

/** The letter of a process's state, by its `stat` file; undefined when it is gone. */
export function stateIn(path: string): string | undefined {
  return /\) (\S)/.exec(textOf(path))?.[1]
}

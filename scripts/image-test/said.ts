import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'

/** What a program left: its code (128 + n after a signal, 127 when it is not there) and what it printed. */
export type Said = { readonly code: number; readonly out: string; readonly err: string }

/** How a program is run: variables beside our own, and after how long it is ended (milliseconds). */
export type Running = {
  readonly env?: Readonly<Record<string, string>>
  readonly limitMs?: number
  readonly cwd?: string
  /** Gets what it prints as it prints it. */
  readonly heard?: (text: string) => void
}

/** Runs a program to its end, and never throws. One that is ended at its limit has that as its last line. */
export function runProgram(file: string, args: readonly string[], running: Running = {}): Promise<Said> {
  const { env, limitMs = 600_000, cwd, heard } = running
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    })
    const said = { out: '', err: '' }
    for (const [name, stream] of [['out', child.stdout] as const, ['err', child.stderr] as const])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said[name] += text
        heard?.(text)
      })
    let isOver = false
    const limit = setTimeout(() => {
      isOver = true
      endAll(child)
    }, limitMs)
    child.once('error', ({ message }) => {
      clearTimeout(limit)
      resolve({ code: 127, out: said.out, err: message })
    })
    child.once('close', (code) => {
      clearTimeout(limit)
      if (!isOver) return resolve({ code: code ?? 137, ...said })
      const late = `\n${file} was ended after ${limitMs / 1000} s, which is its limit.\n`
      heard?.(late)
      resolve({ code: 137, out: said.out, err: said.err + late })
    })
  })
}

// An engine that is ended leaves the programs of its build running, and they hold our pipes open for as long as they like. It
// leaves its working container too; that goes with the store.
function endAll(child: ChildProcessByStdio<null, Readable, Readable>): void {
  for (const pid of child.pid === undefined ? [] : [child.pid, ...below(child.pid)])
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself meanwhile.
    }
  child.stdout.destroy()
  child.stderr.destroy()
}

// Parents come before their children, so that none is made anew.
function below(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const)
  const childrenOf = (one: number): readonly number[] =>
    parents.flatMap(([each, parent]) => (parent === one ? [each, ...childrenOf(each)] : []))
  return childrenOf(pid)
}

function parentOf(pid: string): number | undefined {
  try {
    // After the name, which may hold anything: state, then parent.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

/** The last line that says something: why a program ended as it did. */
export function lastLine({ code, out, err }: Said): string {
  const lines = `${out}\n${err}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('level=warning'))
  return lines.at(-1)?.trim() ?? `exit code ${code}`
}

import { spawn } from 'node:child_process'

/** What a program left: its code (128 + n after a signal, 127 when it is not there) and what it printed. */
export type Said = { readonly code: number; readonly out: string; readonly err: string }

/** How a program is run: variables beside our own, and after how long it is killed (milliseconds). */
export type Running = {
  readonly env?: Readonly<Record<string, string>>
  readonly limitMs?: number
  readonly cwd?: string
}

/** Runs a program to its end, and never throws. */
export function runProgram(file: string, args: readonly string[], running: Running = {}): Promise<Said> {
  const { env, limitMs = 600_000, cwd } = running
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    })
    const said = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
    child.once('error', ({ message }) => resolve({ code: 127, out: said.out, err: message }))
    child.once('close', (code) => {
      clearTimeout(limit)
      resolve({ code: code ?? 137, ...said })
    })
  })
}

/** The last line that says something: why a program ended as it did. */
export function lastLine({ code, out, err }: Said): string {
  const lines = `${out}\n${err}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('level=warning'))
  return lines.at(-1)?.trim() ?? `exit code ${code}`
}

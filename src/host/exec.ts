import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Ending } from '../base/exit-code.ts'

/** The environment of a child: complete, nothing is added to it. */
export type ChildEnv = Readonly<Record<string, string>>

/** A program to run to its end. */
export type Command = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: ChildEnv
  readonly cwd?: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** What a finished program left; `missing` when its file could not be started at all. Output is cut at 1 MiB each. */
export type Finished = Ending & {
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
  readonly missing: boolean
}

/** A program to start and leave running, leader of a session and process group of its own. */
export type Start = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: ChildEnv
  readonly cwd: string
}

/** A started program. `exited` resolves at its exit, not when its pipes close: a grandchild may hold those. */
export type Started = {
  readonly pid: number
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<Ending>
}

/** Programs. Always a file and a list of arguments, never a shell. */
export type Exec = {
  readonly run: (command: Command) => Promise<Finished>
  /** Rejects when the program cannot be started. */
  readonly start: (start: Start) => Promise<Started>
  /** Runs with this process's own standard streams, in its group, as a shell would; resolves at its exit. */
  readonly passThrough: (start: Start, onStarted: (pid: number) => void) => Promise<Ending>
}

const MAX_OUTPUT_BYTES = 1024 * 1024

/** Real programs. */
export function realExec(): Exec {
  return { run, start, passThrough }
}

// execa is loaded at the first use: a warm boot runs no helper program and need not pay for it.
async function run({ file, args, env, cwd, timeoutMs, signal }: Command): Promise<Finished> {
  const { execa } = await import('execa')
  const result = await execa(file, args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    maxBuffer: MAX_OUTPUT_BYTES,
    forceKillAfterDelay: 500,
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  })
  return {
    code: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: result.stdout,
    stderr: result.stderr,
    timedOut: result.timedOut,
    missing: result.code === 'ENOENT' || result.code === 'EACCES',
  }
}

async function start({ file, args, env, cwd }: Start): Promise<Started> {
  const child = spawn(file, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = endingOf(child)
  const pid = await pidOf(child)
  return { pid, stdout: child.stdout, stderr: child.stderr, exited }
}

async function passThrough(
  { file, args, env, cwd }: Start,
  onStarted: (pid: number) => void,
): Promise<Ending> {
  const child = spawn(file, args, { env, cwd, stdio: 'inherit' })
  const exited = endingOf(child)
  onStarted(await pidOf(child))
  return exited
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

function pidOf(child: ChildProcess): Promise<number> {
  if (child.pid !== undefined) {
    child.on('error', () => {})
    return Promise.resolve(child.pid)
  }
  return new Promise((_, reject) => {
    child.once('error', reject)
  })
}

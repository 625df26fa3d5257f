import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Ending } from '../base/exit-code.ts'
import { endTree } from './end-tree.ts'
import { raiseOomScore } from './oom-score.ts'
import { type OpenFiles, openFiles } from './open-files.ts'
import { outputPipes } from './pipe.ts'
import type { Reaper } from './reaper/marker.ts'

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
  /** Soft limit of open files; the container's own where it is undefined. */
  readonly openFiles?: number
  /** Added to its oom_score_adj. */
  readonly oomScore?: number
}

/** A started program. `exited` resolves at its exit, not when its pipes close: a grandchild may hold those. */
export type Started = {
  readonly pid: number
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<Ending>
  /** False where its limit of open files is ours, since this system cannot change it. */
  readonly hasOwnLimits: boolean
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

/** Real programs; `reaper` is who started us. Each has the container's own limit of open files, not the one that Node raised. */
export function realExec(reaper: Reaper['kind'] = 'foreign'): Exec {
  let found: { readonly limit: OpenFiles | undefined } | undefined
  const limit = () => {
    found ??= { limit: openFiles(reaper) }
    return found.limit
  }
  return {
    run: (command) => run(command, limit()),
    start: (what) => start(what, limit()),
    passThrough: (what, onStarted) => passThrough(what, onStarted, limit()),
  }
}

// execa is loaded at the first use: a warm boot runs no helper program and need not pay for it. It would end the program alone:
// a helper of it that nobody ends holds the pipes, and with them us.
async function run(
  { file, args, env, cwd, timeoutMs, signal }: Command,
  limit: OpenFiles | undefined,
): Promise<Finished> {
  const { execa } = await import('execa')
  const options = {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    maxBuffer: MAX_OUTPUT_BYTES,
    forceKillAfterDelay: 500,
    ...(cwd === undefined ? {} : { cwd }),
  } as const
  const begin = () => ({ running: execa(file, args, options) })
  const { running } = limit === undefined ? begin() : limit.during(limit.own, begin)
  const end = () => running.pid !== undefined && endTree(running.pid)
  let timedOut = false
  const late = setTimeout(() => {
    timedOut = true
    end()
  }, Math.ceil(timeoutMs))
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  const exited = exitOf(running.nodeChildProcess, () => clearTimeout(late))
  const result = await running
  const { code, signal: by } = await exited
  signal?.removeEventListener('abort', end)
  return {
    // Half of what it says is not what it says.
    code: result.isMaxBuffer ? null : code,
    signal: by,
    stdout: result.stdout,
    stderr: result.stderr,
    timedOut,
    missing: result.code === 'ENOENT' || result.code === 'EACCES',
  }
}

// Somebody who was left behind may hold the pipes for ever; what the program itself wrote is read by then.
function exitOf(child: ChildProcess, onExit: () => void): Promise<Ending> {
  return new Promise((resolve) => {
    if (child.pid === undefined) {
      onExit()
      return resolve({ code: null, signal: null })
    }
    child.once('exit', (code, signal) => {
      onExit()
      resolve({ code, signal })
      const drained = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, DRAIN_MS)
      drained.unref()
      child.once('close', () => clearTimeout(drained))
    })
  })
}

/** Longest time between a program's end and that of what it wrote. */
const DRAIN_MS = 500

async function start(what: Start, limit: OpenFiles | undefined): Promise<Started> {
  const { file, args, env, cwd } = what
  const outputs = outputPipes()
  const child = limited(what, limit, () =>
    spawn(file, args, { env, cwd, detached: true, stdio: ['ignore', ...outputs.ends] }),
  )
  const { stdout, stderr } = outputs.of(child)
  const exited = endingOf(child)
  const pid = await pidOf(child)
  return { pid, stdout, stderr, exited, hasOwnLimits: limit !== undefined }
}

async function passThrough(
  what: Start,
  onStarted: (pid: number) => void,
  limit: OpenFiles | undefined,
): Promise<Ending> {
  const { file, args, env, cwd } = what
  const child = limited(what, limit, () => spawn(file, args, { env, cwd, stdio: 'inherit' }))
  const exited = endingOf(child)
  onStarted(await pidOf(child))
  return exited
}

// A limit that is too low for ourselves, and the score, come a moment after its start: before any of its own children.
function limited<Child extends ChildProcess>(
  { openFiles: soft, oomScore }: Start,
  limit: OpenFiles | undefined,
  begin: () => Child,
): Child {
  const wanted = soft ?? limit?.own ?? 0
  const child = limit === undefined ? begin() : limit.during(wanted, begin)
  if (child.pid === undefined) return child
  limit?.setOf(child.pid, wanted)
  if (oomScore !== undefined) raiseOomScore(child.pid, oomScore)
  return child
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

import { exitCodeOfEnding, NOT_EXECUTABLE, NOT_FOUND } from '../base/exit-code.ts'
import { Problem, systemCode } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import type { ChildEnv } from '../host/exec.ts'
import { type Host, isBelowInit } from '../host/host.ts'
import { commands } from './commands.ts'
import { findProgram } from './find-program.ts'
import { showThrown } from './show-problems.ts'

/** Signals handed on to the program; the terminal's own reach it without us, see below. */
const HANDED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

/** After the program was started, until what only our own start needed is given back, milliseconds. */
const REST_MS = 1000

/** Keys of a terminal send these to everybody in the foreground, the program included. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const

/**
 * Runs somebody else's program as if we were not there: same streams, environment less our own marks, its exit code or
 * 128+n. 127 when it is not found, 126 when the system does not start it; then the reason is on standard error.
 */
export async function passThrough(
  host: Host,
  { name, args }: { readonly name: string; readonly args: readonly string[] },
): Promise<number> {
  const found = await findProgram(host, name)
  if (found === undefined) {
    const near = nearest(name, Object.keys(commands))
    await showThrown(host, new Problem('COMMAND_NOT_FOUND', { command: name, near }), { asJson: false })
    return NOT_FOUND
  }
  const handing = handOn(host)
  let cancelRest = () => {}
  try {
    const start = { file: found, args, env: ownMarksRemoved(host.env), cwd: '.' }
    const ending = await host.exec.passThrough(start, (pid) => {
      handing.to(pid)
      cancelRest = host.clock.after(REST_MS, host.memory.rest)
    })
    return exitCodeOfEnding(ending, host.signals.number)
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    const problem = new Problem('COMMAND_NOT_EXECUTABLE', { command: found, code }, { cause: error })
    await showThrown(host, problem, { asJson: false })
    return code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE
  } finally {
    cancelRest()
    handing.stop()
  }
}

// Listening begins before the program exists: what arrives in between is handed on once it does.
function handOn(host: Host): { readonly to: (pid: number) => void; readonly stop: () => void } {
  const early: NodeJS.Signals[] = []
  let pid: number | undefined
  const hand = (name: NodeJS.Signals) => () => {
    if (pid === undefined) early.push(name)
    else host.signals.send(pid, name)
  }
  const leave = () => {}
  // Nobody lets a stopped child of PID 1 go on, and PID 1 itself cannot be stopped from the terminal either.
  const goOn = () => {
    if (pid !== undefined) host.signals.send(pid, 'SIGCONT')
  }
  const stops = [
    ...HANDED_ON.map((name) => host.signals.on(name, hand(name))),
    ...FROM_TERMINAL.map((name) => host.signals.on(name, host.terminals.stdin ? leave : hand(name))),
    ...(isBelowInit(host) ? [host.signals.on('SIGTSTP', goOn)] : []),
  ]
  return {
    to: (started) => {
      pid = started
      for (const name of early) host.signals.send(started, name)
    },
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

function ownMarksRemoved(env: Host['env']): ChildEnv {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !name.startsWith('COMFY_INIT_')) kept[name] = value
  return kept
}

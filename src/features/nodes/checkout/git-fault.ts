import { redact, type Secret } from '../../../base/secret.ts'
import type { Finished } from '../../../host/exec.ts'

/**
 * Why git did not work: nobody there (`unreachable`), not let in or no such repository (`refused`), no such branch, tag or
 * commit (`absent`), no room (`full`), or anything else.
 */
export type GitFault = {
  readonly fault: 'unreachable' | 'refused' | 'absent' | 'full' | 'other'
  readonly reason: string
}

/** Reads what git printed. Pure. */
export function faultOf(finished: Finished, timeoutMs: number, secrets: readonly Secret[]): GitFault {
  const { missing, timedOut, stderr, signal, code } = finished
  if (missing) return { fault: 'other', reason: 'git is not installed' }
  if (timedOut)
    return { fault: 'unreachable', reason: `git was not done within ${Math.round(timeoutMs / 1000)} s` }
  const fault = KINDS.find(([, words]) => words.test(stderr))?.[0] ?? 'other'
  return { fault, reason: redact(tellingLine(stderr) ?? `git ended with ${signal ?? code}`, secrets) }
}

const KINDS: readonly (readonly [GitFault['fault'], RegExp])[] = [
  ['full', /No space left on device|Disk quota exceeded/i],
  [
    'absent',
    /not our ref|couldn't find remote ref|Remote branch \S+ not found|unadvertised object|did not match any|not a tree|bad object|unable to find \w{40}/i,
  ],
  [
    'unreachable',
    /Could not resolve|Failed to connect|Couldn't connect|Connection (refused|reset|timed out|closed)|timed? out|error: (5\d\d|429)|early EOF|RPC failed|hung up|Operation too slow|Empty reply|transfer closed|unexpected disconnect|Temporary failure/i,
  ],
  [
    'refused',
    /Authentication failed|could not read (Username|Password)|error: 40[134]|Repository not found|repository .* not found|does not appear to be a git repo|does not exist|Permission denied|Host key verification/i,
  ],
]

function tellingLine(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1)
  return telling?.replace(/^(fatal|error): /, '').replace(/\.?\s*$/, '')
}

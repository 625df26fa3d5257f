import { redact, type Secret } from '../../../base/secret.ts'
import type { Finished } from '../../../host/exec.ts'

/**
 * Why git did not work: nobody there (`unreachable`), not let in or no such repository (`refused`), no such branch, tag or
 * commit (`absent`), no room (`full`), something on this machine that may not be written (`local`: the reason is the system’s
 * code), or anything else.
 */
export type GitFault = {
  readonly fault: 'unreachable' | 'refused' | 'absent' | 'full' | 'local' | 'other'
  readonly reason: string
}

/** Whether git was led on to another address, and did not go there. */
export function leadsOn({ code, stderr }: Finished): boolean {
  return code !== 0 && /returned error: 30[12378]\b/.test(stderr)
}

/** Reads what git printed. Pure. */
export function faultOf(finished: Finished, timeoutMs: number, secrets: readonly Secret[]): GitFault {
  const { missing, timedOut, stderr, signal, code } = finished
  if (missing) return { fault: 'other', reason: 'git is not installed' }
  if (timedOut)
    return { fault: 'unreachable', reason: `git was not done within ${Math.round(timeoutMs / 1000)} s` }
  if (leadsOn(finished)) return { fault: 'refused', reason: LEADS_ON }
  const refusal = LOCAL.exec(stderr)?.[1]
  if (refusal !== undefined) return { fault: 'local', reason: /^Read/i.test(refusal) ? 'EROFS' : 'EACCES' }
  const fault = KINDS.find(([, words]) => words.test(stderr))?.[0] ?? 'other'
  return { fault, reason: redact(tellingLine(stderr) ?? `git ended with ${signal ?? code}`, secrets) }
}

const LEADS_ON =
  'it leads on to another address, where the credentials are not sent: write the address that it has now'

// ssh says the same of a key, with brackets or a comma behind it.
const LOCAL =
  /^(?:fatal|error): .*(?:create|mkdir|open|write|unlink|rename|lock|stat|read)\b.*: (Permission denied|Read-only file system)\s*$/m

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
    /Authentication failed|could not read (Username|Password)|error: 40[134]|Repository not found|repository .* not found|does not appear to be a git repo|does not exist|not valid: |Permission denied|Host key verification/i,
  ],
]

function tellingLine(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1)
  return telling?.replace(/^(fatal|error): /, '').replace(/\.?\s*$/, '')
}

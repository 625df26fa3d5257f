import type { ChildEnv, Finished } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'

/** Runs git with these arguments; undefined when it succeeded, else why not, in one line without a full stop. */
export type Git = (args: readonly string[]) => Promise<string | undefined>

/** Longest time for one git command, milliseconds. */
const TIMEOUT_MS = 120_000

/** git as this person, who never asks for a password and whose own settings lie in `home`. */
export function gitFor(host: Host, home: string, signal: AbortSignal): Git {
  const env = environmentFor(host.env, home)
  return async (args) => {
    const finished = await host.exec.run({ file: 'git', args, env, timeoutMs: TIMEOUT_MS, signal })
    return finished.code === 0 ? undefined : reasonOf(finished)
  }
}

function reasonOf({ missing, timedOut, stderr, signal, code }: Finished): string {
  if (missing) return 'git is not installed'
  if (timedOut) return `git was not done within ${TIMEOUT_MS / 1000} s`
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1)
  if (telling !== undefined) return telling.replace(/^(fatal|error): /, '').replace(/\.?\s*$/, '')
  return `git ended with ${signal ?? code}`
}

/** Variables that tell git about this machine's network; everything else of the container stays away from it. */
const PASSED =
  /^(PATH|LANG|TMPDIR|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR)|SSH_AUTH_SOCK|GIT_(SSL|SSH|CONFIG|PROXY|TRACE|CURL)\w*)$/i

function environmentFor(env: Host['env'], home: string): ChildEnv {
  const passed = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && PASSED.test(name) ? [[name, value] as const] : [],
  )
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...Object.fromEntries(passed),
    HOME: home,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
  }
}

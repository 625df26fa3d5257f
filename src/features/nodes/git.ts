import type { Secret } from '../../base/secret.ts'
import type { ChildEnv, Finished } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import { headersFor } from './checkout/git-credentials.ts'
import { faultOf, type GitFault, leadsOn } from './checkout/git-fault.ts'

/** What one git command came to: what it printed, or why it did not work, in one line without a full stop and without secrets. */
export type GitRun =
  | { readonly kind: 'done'; readonly stdout: string }
  | ({ readonly kind: 'failed' } & GitFault)

/** How to run one command. */
export type GitOptions = {
  readonly timeoutMs?: number
  /** What it may get things by: `https:ssh`, or `none`. */
  readonly protocols?: string
}

/** Runs git with these arguments. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<GitRun>

/** For whom git runs. */
export type GitFor = {
  /** Home of the person: proxies and certificates of its .gitconfig count, nothing else of it. */
  readonly home: string
  readonly signal?: AbortSignal
  readonly credentials?: Secret | undefined
}

/** Longest time for one git command that nobody limits, milliseconds. */
const TIMEOUT_MS = 120_000

/** git that never asks for anything, trusts every folder, runs no hooks and syncs nothing. Credentials are in its environment only. */
export function gitFor(host: Host, { home, signal, credentials }: GitFor): Git {
  const base = baseEnvironment(host.env, home)
  const headers = headersFor(credentials)
  const secrets = headers.flatMap((each) => each.secrets)
  const run = (args: readonly string[], env: ChildEnv, timeoutMs: number) =>
    host.exec.run({ file: 'git', args, env, timeoutMs, ...(signal === undefined ? {} : { signal }) })
  let network: Promise<readonly Pair[]> | undefined
  return async (args, { timeoutMs = TIMEOUT_MS, protocols = PROTOCOLS } = {}) => {
    network ??= networkSettings((asked) => run(asked, { ...base, ...configOf(host.env) }, timeoutMs))
    const known = [...(await network), ...SETTINGS]
    const runWith = async (more: readonly Pair[]) => {
      const env = { ...base, ...ISOLATED, ...asVariables([...known, ...more]), GIT_ALLOW_PROTOCOL: protocols }
      const finished = await run(args, env, Math.max(1, Math.floor(timeoutMs)))
      signal?.throwIfAborted()
      return finished
    }
    const found = (finished: Finished) =>
      finished.code === 0 ? finished.stdout : faultOf(finished, timeoutMs, secrets)
    const first = await runWith(headers.flatMap(({ settings }) => settings))
    const one = found(first)
    if (headers.length === 0 || !leadsOn(first)) return asRun(one)
    // A repository that moved may be for everybody: without the credentials it can be followed.
    const other = found(await runWith([]))
    return asRun(typeof other !== 'string' && other.fault === 'refused' ? one : other)
  }
}

function asRun(found: string | GitFault): GitRun {
  return typeof found === 'string' ? { kind: 'done', stdout: found } : { kind: 'failed', ...found }
}

/** What a repository on another machine may be had by. */
export const PROTOCOLS = 'http:https:ssh:git'

type Pair = readonly [name: string, value: string]

const SETTINGS: readonly Pair[] = [
  ['safe.directory', '*'],
  // Nothing that lies in a repository is run; what is to be safe is synced before it is renamed.
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.fsync', 'none'],
  ['core.autocrlf', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
  ['credential.helper', ''],
  ['protocol.version', '2'],
  // Less than a byte in a second for a minute: nobody is there any more.
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '60'],
]

const ISOLATED = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }

// Companies put their proxy and their certificates into git's own settings.
async function networkSettings(
  run: (args: readonly string[]) => Promise<{ readonly stdout: string }>,
): Promise<readonly Pair[]> {
  const { stdout } = await run(['config', '--null', '--get-regexp', '^http\\.'])
  return stdout.split('\0').flatMap((entry) => {
    const end = entry.indexOf('\n')
    const [name, value] = [entry.slice(0, end), entry.slice(end + 1)]
    return end > 0 && NETWORK.test(name) ? [[name, value] as const] : []
  })
}

const NETWORK = /\.(proxy|proxyauthmethod|proxyssl\w+|sslcainfo|sslcapath|sslbackend)$/i

/** Variables that tell git about this machine's network; everything else of the container stays away from it. */
const PASSED =
  /^(PATH|LANG|TMPDIR|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR)|SSH_AUTH_SOCK|GIT_(SSL|SSH|PROXY|TRACE|CURL)\w*)$/i

function baseEnvironment(env: Host['env'], home: string): ChildEnv {
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=20',
    ...matching(env, PASSED),
    HOME: home,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    // No samples of hooks in every repository.
    GIT_TEMPLATE_DIR: '',
  }
}

function configOf(env: Host['env']): ChildEnv {
  return matching(env, /^GIT_CONFIG\w*$/)
}

function matching(env: Host['env'], names: RegExp): ChildEnv {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && names.test(name) ? [[name, value]] : [],
    ),
  )
}

function asVariables(pairs: readonly Pair[]): ChildEnv {
  const numbered = pairs.flatMap(([name, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, name] as const,
    [`GIT_CONFIG_VALUE_${at}`, value] as const,
  ])
  return { GIT_CONFIG_COUNT: String(pairs.length), ...Object.fromEntries(numbered) }
}

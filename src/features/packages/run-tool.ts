import { systemCode } from '../../base/problem.ts'
import { redact } from '../../base/secret.ts'
import type { ChildEnv, Finished, Started } from '../../host/exec.ts'
import { endMarked, markOf } from './end-marked.ts'
import { lastBytes } from './last-bytes.ts'
import { SCRIPT_MARK } from './script-env.ts'
import type { Workbench } from './workbench.ts'

/** A program and what it is given. */
export type Tool = { readonly file: string; readonly args: readonly string[] }

/**
 * Runs an installer to its end, in a folder where nobody's configuration lies, then ends all that it has started. A cache that
 * it may not use, somebody else's mostly, is passed over for one in the scratch folder. Throws the signal's reason after an abort.
 */
export async function runTool(bench: Workbench, tool: Tool): Promise<Finished> {
  const { env, scratch } = bench
  const finished = await runOnce(bench, tool, env)
  if (!isRefusedCache(finished, env)) return finished
  // From there nothing may be linked to: the folder goes when the installation is over.
  const own = {
    UV_CACHE_DIR: `${scratch}/cache/uv`,
    PIP_CACHE_DIR: `${scratch}/cache/pip`,
    UV_LINK_MODE: 'copy',
  }
  return runOnce(bench, tool, { ...env, ...own })
}

function isRefusedCache({ code, stderr }: Finished, env: ChildEnv): boolean {
  if (code === 0 || !/permission denied|operation not permitted|read-only file system/i.test(stderr))
    return false
  return [env.UV_CACHE_DIR, env.PIP_CACHE_DIR].some((path) => path !== undefined && stderr.includes(path))
}

async function runOnce(bench: Workbench, { file, args }: Tool, env: ChildEnv): Promise<Finished> {
  const { host, scratch, signal, secrets } = bench
  const mark = markOf(host, scratch)
  const started = await host.exec
    .start({ file, args, env: { ...env, [SCRIPT_MARK]: mark }, cwd: '/' })
    .catch((error: unknown) => {
      if (!CANNOT_START.has(systemCode(error) ?? '')) throw error
    })
  if (started === undefined)
    return { code: null, signal: null, stdout: '', stderr: '', timedOut: false, missing: true }
  const printed = [lastBytes({ stdout: started.stdout }), lastBytes({ stderr: started.stderr })]
  const ending = await endingOf(bench, started)
  await endMarked(host, started.pid, mark)
  // Nobody of them can write any more; what they wrote may still be on its way.
  await Promise.race([Promise.all(printed.map(({ closed }) => closed)), host.clock.sleep(DRAIN_MS)])
  signal.throwIfAborted()
  const [stdout = '', stderr = ''] = printed.map(({ text }) => redact(text(), secrets))
  const timedOut = ending === undefined
  return {
    code: ending?.code ?? null,
    signal: ending?.signal ?? null,
    stdout,
    stderr,
    timedOut,
    missing: false,
  }
}

const CANNOT_START = new Set(['ENOENT', 'EACCES', 'ENOEXEC'])
const DRAIN_MS = 500

async function endingOf({ host, settings, signal }: Workbench, { exited }: Started) {
  const over = new AbortController()
  const late = host.clock.sleep(settings.nodeTimeoutMs, AbortSignal.any([over.signal, signal]))
  const ending = await Promise.race([exited, late])
  over.abort()
  return ending ?? undefined
}

import type { NodeFailure, NodePackages, PackageSource } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { redact } from '../../base/secret.ts'
import { printable } from '../../base/text.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import type { Started } from '../../host/exec.ts'
import { endMarked, markOf } from './end-marked.ts'
import { lastBytes } from './last-bytes.ts'
import { scriptEnv } from './script-env.ts'
import type { Workbench } from './workbench.ts'

/** A script to run, and the overlay it runs in. */
export type ScriptRun = { readonly source: PackageSource; readonly script: string; readonly overlay: string }

/** What came of a script. */
export type ScriptResult = {
  readonly script: NonNullable<NodePackages['script']>
  readonly failure: NodeFailure | undefined
}

/**
 * Runs a node's install script in its folder, for so long as COMFY_NODE_TIMEOUT says, then ends all it has started. What it
 * printed last is kept in a file; it goes nowhere else.
 */
export async function runScript(bench: Workbench, run: ScriptRun): Promise<ScriptResult> {
  const { host, layout, packages } = bench
  const { source, script, overlay } = run
  const startMs = host.clock.monotonicMs()
  const mark = markOf(host, overlay)
  const { python } = overlayPaths(overlay, packages.identity.python)
  const env = scriptEnv(bench, { source, overlay, mark })
  const started = await host.exec.start({ file: python, args: [script], env, cwd: source.path })
  const printed = lastBytes(started)
  const ended = await endOf(bench, started)
  await endMarked(host, started.pid, mark)
  // Nobody of them can write any more; what they wrote may still be on its way.
  await Promise.race([printed.closed, host.clock.sleep(DRAIN_MS)])
  const text = redact(printed.text(), bench.secrets)
  const log = `${layout.nodeLogs}/${source.folder}.log`
  await host.fs.makeFolder(layout.nodeLogs)
  await host.fs.write(log, text)
  bench.signal.throwIfAborted()
  const line = printable(text.trimEnd().split('\n').at(-1)?.trim() ?? '').slice(0, MOST_CHARACTERS)
  const ms = Math.round(host.clock.monotonicMs() - startMs)
  const reason = ended ?? (await damage(bench, run))
  if (reason === undefined) return { script: { result: 'done', line, ms }, failure: undefined }
  const problem = new Problem('NODE_SCRIPT_FAILED', { folder: source.folder, reason, said: line, log })
  return { script: { result: 'failed', line, ms }, failure: failureOf(problem, false) }
}

const MOST_CHARACTERS = 300
const DRAIN_MS = 500

// Undefined when it ended well; else in words that go on from «it …».
async function endOf({ host, settings, signal }: Workbench, started: Started): Promise<string | undefined> {
  const over = new AbortController()
  const late = host.clock.sleep(settings.nodeTimeoutMs, AbortSignal.any([over.signal, signal]))
  const ending = await Promise.race([started.exited, late])
  over.abort()
  if (ending === undefined) return `was not done within ${settings.nodeTimeoutMs / 1000} s, and was ended`
  const { code, signal: by } = ending
  if (code === 0) return undefined
  return by === null ? `ended with code ${code}` : `was ended by ${by}`
}

async function damage(
  { host, packages }: Workbench,
  { source, overlay }: ScriptRun,
): Promise<string | undefined> {
  const { python, site } = overlayPaths(overlay, packages.identity.python)
  const [folder, program, packagesFolder] = await Promise.all(
    [source.path, python, site].map((path) => host.fs.follow(path).catch(() => undefined)),
  )
  if (folder?.kind !== 'folder') return 'removed its own folder'
  return program?.kind === 'file' && packagesFolder?.kind === 'folder'
    ? undefined
    : 'damaged the Python environment'
}

import { dirname } from 'node:path'
import type { Layout, Places } from '../../../base/layout.ts'
import { Problem, systemCode } from '../../../base/problem.ts'
import { durationText, printable } from '../../../base/text.ts'
import type { Step } from '../../../engine/plan.ts'
import { venvProof } from '../../../facts/venvs.ts'
import type { ChildEnv, Finished } from '../../../host/exec.ts'
import type { Host } from '../../../host/host.ts'

/**
 * Starts a venv's Python, which must say that it lies where it does, and keeps the proof, so that no later boot runs it
 * again. A crash leaves no proof: the next boot starts it once more.
 */
export function proveVenv(python: string, { layout }: Pick<Places, 'layout'>): Step {
  return {
    id: 'workspace/prove-venv',
    title: `Start ${python} once, to see that its venv works where it is`,
    changes: [layout.venvProof],
    ifFails: 'stop',
    async apply(host, _tell, signal) {
      const proof = await venvProof(host.fs, layout, python)
      if ((await host.fs.readText(layout.venvProof)) === proof) return 'not-needed'
      const failure = await startIt(host, python, signal)
      if (failure !== undefined) {
        signal.throwIfAborted()
        throw new Problem('VENV_NOT_MOVED', { venv: venvOf(python), ...failure })
      }
      await keep(host, layout, proof)
      return 'done'
    },
  }
}

const ARGS = ['-I', '-B', '-c', 'import sys; print(sys.prefix)'] as const

/** A cold volume on a network gives a Python's few files within a second or two. */
const TIMEOUT_MS = 30_000

type Failure = { readonly command: string; readonly said: string }

async function startIt(host: Host, python: string, signal: AbortSignal): Promise<Failure | undefined> {
  const env = environmentFrom(host.env)
  const finished = await host.exec.run({ file: python, args: ARGS, env, timeoutMs: TIMEOUT_MS, signal })
  const command = `${python} -I -c '${ARGS[3]}'`
  if (finished.code !== 0) return { command, said: whyItFailed(finished) }
  const prefix = finished.stdout.replace(/\n$/, '')
  if (await isSamePlace(host, prefix, venvOf(python))) return undefined
  return { command, said: `its prefix is ${printable(prefix)}` }
}

function whyItFailed({ missing, timedOut, stderr, signal, code }: Finished): string {
  if (missing) return 'it, or what it leads to, is not there or cannot be run'
  if (timedOut) return `it was not done within ${durationText(TIMEOUT_MS)}`
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  return lines.at(-1)?.trim().replace(/\.$/, '') ?? `it ended with ${signal ?? code}`
}

async function isSamePlace(host: Host, prefix: string, venv: string): Promise<boolean> {
  return prefix === venv || (await host.fs.realPath(prefix)) === (await host.fs.realPath(venv))
}

function venvOf(python: string): string {
  return dirname(dirname(python))
}

/** What a Python needs to find its own libraries; nothing of what would lead it elsewhere. */
const PASSED = ['PATH', 'LD_LIBRARY_PATH', 'LANG', 'LC_ALL'] as const

function environmentFrom(env: Host['env']): ChildEnv {
  return Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

// A full volume keeps no proof, and that is no reason not to start: the next boot proves it again.
async function keep(host: Host, { venvProof }: Layout, proof: string): Promise<void> {
  try {
    await host.fs.write(venvProof, proof)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
  }
}

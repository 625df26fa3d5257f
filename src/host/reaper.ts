import { isSea } from 'node:sea'
import { quietly } from './quietly.ts'
import { candidates } from './reaper/candidates.ts'
import { exitOnEarlySignal } from './reaper/early-signal.ts'
import { holdSignals } from './reaper/hold-signals.ts'
import { type Reaper, readMarker, reaperMarker } from './reaper/marker.ts'

/** Sees to it that PID 1 is somebody who reaps orphans: Node does not.
 *
 *  As PID 1 it replaces this process by a reaper that starts us again as its child, and does not return. It returns
 *  where there is nothing to do (we are not PID 1; kind says who is above us) or nothing to be had (kind none, with
 *  one line on stderr). A TERM or INT that came before anybody listened ends the process here, with 143 or 130.
 *  COMFY_REAPER chooses: auto, off, embedded, shell or the path of an init. */
export function becomeChildOfReaper(): Reaper {
  const above = readMarker(process.env)
  delete process.env[reaperMarker]
  if (process.pid !== 1) return above ?? { kind: 'foreign', path: '' }

  exitOnEarlySignal()
  const wish = process.env.COMFY_REAPER || 'auto'
  if (wish === 'off') return { kind: 'none', path: '' }
  // A marker here means that a reaper ran us in its own place: it would do so for ever.
  const refusals = above ? [`${above.path} did not start us as its child`] : climb(wish)
  say(warning(refusals))
  return { kind: 'none', path: '' }
}

/** Tries rung after rung; returns only when the last is refused, with what was refused and why. */
function climb(wish: string): readonly string[] {
  const refusals: string[] = []
  for (const found of candidates(wish)) {
    if ('refused' in found) {
      refusals.push(found.refused)
      continue
    }
    if (wish !== 'auto' && refusals.length > 0) {
      say(`Cannot use COMFY_REAPER=${wish} (${refusals.join('; ')}). Running under ${found.path} instead.`)
    }
    const env = { ...process.env, [reaperMarker]: `${found.kind}:${found.path}` }
    const release = found.kind === 'shell' ? () => {} : holdSignals()
    exitOnEarlySignal()
    const error = replaceSelf(found.path, found.argv(ownCommand()), env)
    release()
    refusals.push(`${found.path}: ${error}`)
  }
  return refusals
}

/** execve; returns only when the system refuses it. */
function replaceSelf(path: string, argv: readonly string[], env: NodeJS.ProcessEnv): string {
  try {
    quietly(() => process.execve?.(path, argv, env))
    return 'this Node cannot execve'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function ownCommand(): readonly string[] {
  if (isSea()) return [process.execPath, ...process.argv.slice(2)]
  return [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
}

/** Straight to stderr: the logger is not loaded in the first start. */
function say(line: string): void {
  process.stderr.write(`comfy-init: ${line}\n`)
}

function warning(refusals: readonly string[]): string {
  const why = refusals.length > 0 ? ` (${refusals.join('; ')})` : ''
  return `Cannot find an init to run under as PID 1${why}. Orphaned processes stay as zombies. Install tini in the image or start the container with --init.`
}

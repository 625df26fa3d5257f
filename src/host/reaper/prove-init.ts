import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { isProgramFor } from './elf.ts'

/** What an init says to --version, and the arguments that put our command behind it. */
const knownInits = [
  { says: /^tini version \d/, before: ['--'] },
  { says: /^catatonit version|_catatonit/, before: ['--'] },
  // Without --single-child it sends every signal to our whole process group.
  { says: /^dumb-init v\d/, before: ['--single-child', '--'] },
] as const

const trialMs = 2000

/** The arguments that stand between an init and the command it runs. */
export type Proof = { readonly before: readonly string[] }

/** The arguments to run our command under this init, or why it cannot be used.
 *  Proven by running it: mounts without exec, wrong processors, missing loaders and empty files all end here. */
export function proveInit(path: string): Proof | { readonly refused: string } {
  try {
    accessSync(path, constants.X_OK)
  } catch (error) {
    return { refused: error instanceof Error && 'code' in error ? String(error.code) : 'no access' }
  }
  if (!isProgramFor(path)) return { refused: 'not a program for this processor' }
  const trial = spawnSync(path, ['--version'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: trialMs,
    killSignal: 'SIGKILL',
    encoding: 'latin1',
  })
  if (trial.error !== undefined) return { refused: trial.error.message }
  const said = `${trial.stdout}${trial.stderr}`.trim()
  const known = knownInits.find((init) => init.says.test(said))
  return known ?? { refused: `answers «${said.split('\n', 1)[0]?.slice(0, 60)}» to --version` }
}

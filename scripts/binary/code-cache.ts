import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'

type Surroundings = { readonly work: string; readonly nodeOptions: readonly string[] }

/** The command that is run before the cache is taken. Functions that ran are in the cache as bytecode; all others are
 *  compiled again when they are first called. */
const warmUp: readonly string[] = ['doctor', '--json']

const warmUpMs = 20_000

/** Compiles the second half of the program ahead of time and gives the path of the cache file.
 *  The cache is valid for this text, this Node version, this processor and these options only. */
export async function makeCodeCache(app: string, { work, nodeOptions }: Surroundings): Promise<string> {
  const output = join(work, 'app.cache')
  const args = [...nodeOptions, join(import.meta.dirname, 'warm-up.ts'), app, output, ...warmUp]
  const env = { PATH: process.env.PATH, HOME: work }
  // How the command ends does not matter: doctor may well find problems on a build machine.
  await new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: work, env, timeout: warmUpMs, maxBuffer: 16 << 20 }, resolve),
  )
  if ((await stat(output)).size === 0) throw new Error('Cannot make the code cache. V8 gave an empty one.')
  return output
}

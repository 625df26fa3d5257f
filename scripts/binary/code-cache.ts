import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makePlace, type Place } from './warm-up-place.ts'

type Surroundings = { readonly work: string; readonly nodeOptions: readonly string[] }

const warmUpMs = 20_000

/** Compiles the second half of the program ahead of time and gives the path of the cache file. What ran before it was
 *  taken is in it as bytecode: doctor, and a boot that finds nothing to do. All else is compiled when it is first called.
 *  The cache is valid for this text, this Node version, this processor and these options only. */
export async function makeCodeCache(app: string, { work, nodeOptions }: Surroundings): Promise<string> {
  const output = join(work, 'app.cache')
  const place = await makePlace().catch((error: Error) => error)
  const run = (to: string, ...commands: readonly string[]) => {
    const args = [...nodeOptions, join(import.meta.dirname, 'warm-up.ts'), app, to, ...commands]
    return warmUp(args, work, place instanceof Error ? {} : place.env)
  }
  try {
    const refused = place instanceof Error ? place.message : await bootTwice(run, output)
    if (refused !== undefined) {
      console.log(
        `The code cache knows doctor alone, so starts are slower. No boot succeeded here: ${refused}`,
      )
      await run(output, 'doctor')
    }
  } finally {
    if (!(place instanceof Error)) await place.remove()
  }
  if ((await stat(output)).size === 0) throw new Error('Cannot make the code cache. V8 gave an empty one.')
  return output
}

type Run = (to: string, ...commands: readonly string[]) => Promise<string | undefined>

// What the first boot compiles to make the workspace is no part of a warm start, and would be read at each.
async function bootTwice(run: Run, output: string): Promise<string | undefined> {
  return (await run(`${output}.first`, 'boot')) ?? (await run(output, 'doctor', 'boot'))
}

/** Gives undefined, or the last words of a run that did not come as far as it should. */
function warmUp(args: readonly string[], work: string, env: Place['env']): Promise<string | undefined> {
  const options = {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: work, ...env },
    timeout: warmUpMs,
    killSignal: 'SIGKILL',
    maxBuffer: 16 << 20,
  } as const
  return new Promise((resolve) =>
    execFile(process.execPath, args, options, (error, _, told) =>
      resolve(error === null ? undefined : (mistakeIn(told) ?? 'ComfyUI did not become ready in time.')),
    ),
  )
}

function mistakeIn(told: string): string | undefined {
  return /^.*(?:Error|\bproblem)\b.*$/m.exec(told)?.[0]
}

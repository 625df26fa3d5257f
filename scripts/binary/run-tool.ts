import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a program of the build machine and gives its stdout; throws with its stderr when it ends with anything but 0. */
export async function runTool(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { ...options, maxBuffer: 16 << 20 })
  return stdout
}

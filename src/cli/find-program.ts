import type { Host } from '../host/host.ts'

/** Where a shell looks when PATH is not set. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * The file a shell would run for a name: as it is with a slash in it, else the first program in PATH, else the first
 * file of that name there (which the system will refuse); undefined when there is none.
 */
export async function findProgram(host: Host, name: string): Promise<string | undefined> {
  if (name === '') return undefined
  if (name.includes('/')) return (await kindOf(host, name)) === undefined ? undefined : name
  const folders = (host.env.PATH ?? DEFAULT_PATH).split(':').map((each) => each || '.')
  let refused: string | undefined
  for (const folder of folders) {
    const path = `${folder}/${name}`
    if (await host.fs.isProgram(path)) return path
    if (refused === undefined && (await kindOf(host, path)) === 'file') refused = path
  }
  return refused
}

// A folder that may not be entered hides the program as if it were not there; a shell says the same.
async function kindOf(host: Host, path: string): Promise<string | undefined> {
  try {
    return (await host.fs.follow(path))?.kind
  } catch {
    return undefined
  }
}

import type { Host } from '../../../host/host.ts'

/** Removes what is only half there; where that does not work the next try removes it, and what went wrong before is what counts. */
export async function removeQuietly(host: Host, path: string): Promise<void> {
  try {
    await host.fs.remove(path)
  } catch {
    // see above
  }
}

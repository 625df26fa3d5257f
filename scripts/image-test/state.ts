import { chmodSync, lstatSync, mkdirSync } from 'node:fs'

/** Folder that keeps what the next run can use: the store of podman, with the base and the layers that were built. */
export const STATE = `/var/tmp/comfy-init-image-test-${process.getuid?.() ?? 0}`

/**
 * Makes a folder that nobody else can look into, or takes the one that is there. Everybody may make things beside it and guess its
 * name: throws where it is a link, no folder, or somebody else’s.
 */
export function takeFolder(path: string): string {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const found = lstatSync(path)
  if (!found.isDirectory()) throw new Error(`Cannot keep anything in ${path}. It is no folder.`)
  if (found.uid !== process.getuid?.())
    throw new Error(`Cannot keep anything in ${path}. It belongs to user ${found.uid}.`)
  chmodSync(path, 0o700)
  return path
}

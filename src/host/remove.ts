import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import { systemCode } from '../base/problem.ts'

/** Removes a file, link or whole folder; links inside are removed, never followed. Folders of ours that forbid it are opened. */
export async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    if (systemCode(error) !== 'EACCES' && systemCode(error) !== 'EPERM') throw error
    await openFolders(path).catch(passOverAbsent)
    await rm(path, { recursive: true, force: true })
  }
}

// An image may hold folders that even their owner cannot write; their copies are as read-only as they are.
async function openFolders(path: string): Promise<void> {
  const found = await lstat(path)
  if (!found.isDirectory()) return
  if ((found.mode & 0o700) !== 0o700) await chmod(path, found.mode | 0o700)
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isDirectory()) await openFolders(`${path}/${entry.name}`).catch(passOverAbsent)
}

// The first try may still be removing beside us.
function passOverAbsent(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error
}

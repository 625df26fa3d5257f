import { existsSync } from 'node:fs'
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A fresh folder that is removed when the test is finished; open to every user, since some tests act as others. */
export async function tempFolder(parent = tmpdir()): Promise<string> {
  const path = await realpath(await mkdtemp(join(parent, 'comfy-init-')))
  await chmod(path, 0o755)
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The same in memory, where nothing waits for a disk: for tests that do a thing many hundred times. */
export function memoryFolder(): Promise<string> {
  return tempFolder(existsSync(MEMORY) ? MEMORY : tmpdir())
}

const MEMORY = '/dev/shm'

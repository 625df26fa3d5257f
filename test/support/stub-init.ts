import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tempFolder } from './temp-folder.ts'

/** A file that is an init of this machine. */
export async function stubInit(): Promise<string> {
  const found = ['/usr/bin/tini-static', '/usr/bin/tini', '/usr/bin/catatonit'].find(existsSync)
  if (found === undefined) throw new Error('Cannot find an init to test with. Install tini.')
  const path = `${await tempFolder()}/init`
  await copyFile(found, path)
  return path
}

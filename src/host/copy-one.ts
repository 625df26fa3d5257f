import { constants } from 'node:fs'
import { chmod, copyFile, lstat, lutimes, readdir, readlink, symlink, unlink } from 'node:fs/promises'
import { systemCode } from '../base/problem.ts'
import { makeFolder } from './make-folder.ts'
import { type Path, pathIn, systemPath } from './path.ts'

/**
 * Copies one file, link or small folder with mode and modification time, over what is there of the same kind; one by one, for
 * trees there is copyTree. A crash leaves a part.
 */
export async function copyOne(from: Path, to: Path): Promise<void> {
  const [source, target] = [systemPath(from), systemPath(to)]
  const found = await lstat(source)
  if (found.isSymbolicLink()) {
    await unlink(target).catch((error) => {
      if (systemCode(error) !== 'ENOENT') throw error
    })
    await symlink(await readlink(source, 'buffer'), target)
  } else if (found.isDirectory()) {
    await makeFolder(to, found.mode | 0o700)
    for (const name of await readdir(source, 'buffer')) await copyOne(pathIn(from, name), pathIn(to, name))
  } else if (found.isFile()) {
    await copyFile(source, target, constants.COPYFILE_FICLONE)
    await chmod(target, found.mode)
  } else return
  await lutimes(target, found.atime, found.mtime)
}

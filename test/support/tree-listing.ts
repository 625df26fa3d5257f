import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'

/** One line per entry below a folder, sorted: name, kind, mode and, for files, content and modification time. */
export async function listing(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const lines = entries.map(async (entry) => {
    const path = `${entry.parentPath}/${entry.name}`
    const { mode, mtimeMs } = await lstat(path)
    const name = path.slice(folder.length + 1)
    if (entry.isSymbolicLink()) return `${name} -> ${await readlink(path)}`
    if (entry.isDirectory()) return `${name}/ ${(mode & 0o7777).toString(8)}`
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
      .slice(0, 12)
    return `${name} ${(mode & 0o7777).toString(8)} ${digest} ${Math.round(mtimeMs)}`
  })
  return (await Promise.all(lines)).sort()
}

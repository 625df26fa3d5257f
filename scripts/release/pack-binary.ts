import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { create } from 'tar'

/** One archive: its path, the one folder in it, its files by name, the time they carry, and a folder to work in. */
export type Packing = {
  readonly name: string
  readonly archive: string
  readonly files: Readonly<Record<string, string | Buffer>>
  readonly epochS: number
  readonly work: string
}

/** Writes a .tar.gz that depends on names, bytes and the time alone: sorted, no owners, modes 755 for the program and 644. */
export async function packBinary({ name, archive, files, epochS, work }: Packing): Promise<void> {
  await mkdir(join(work, name))
  const names = Object.keys(files).toSorted()
  for (const each of names) {
    const path = join(work, name, each)
    await writeFile(path, files[each] ?? '')
    // An artifact of a workflow has lost its mode on the way.
    await chmod(path, each === 'comfy-init' ? 0o755 : 0o644)
  }
  await create(
    {
      file: archive,
      cwd: work,
      gzip: { level: 9, portable: true },
      portable: true,
      mtime: new Date(epochS * 1000),
    },
    names.map((each) => `${name}/${each}`),
  )
}

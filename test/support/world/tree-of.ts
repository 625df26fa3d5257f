import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tempFolder } from '../temp-folder.ts'

/** A text is a file, `null` a folder, `{ link }` a symlink with that target, `{ program }` an executable file. */
export type Leaf = string | null | { readonly link: string } | { readonly program: string }

/** Makes these entries below a fresh folder, which is removed after the test. Paths may start with `/`. */
export async function treeOf(entries: Readonly<Record<string, Leaf>>): Promise<string> {
  const root = await tempFolder()
  for (const [name, leaf] of Object.entries(entries)) await make(join(root, name), leaf)
  return root
}

async function make(path: string, leaf: Leaf): Promise<void> {
  await mkdir(leaf === null ? path : dirname(path), { recursive: true })
  if (leaf === null) return
  if (typeof leaf === 'string') await writeFile(path, leaf)
  else if ('link' in leaf) await symlink(leaf.link, path)
  else {
    await writeFile(path, leaf.program)
    await chmod(path, 0o755)
  }
}

import { dirname, resolve } from 'node:path'
import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** The commit that a working tree has checked out, read from its git folder without running git. */
export async function readCommit(fs: Fs, tree: string): Promise<string | undefined> {
  const usual = `${tree}/.git`
  const usualHead = await orAbsent(fs.readText(`${usual}/HEAD`))
  const folder = usualHead === undefined ? await namedFolder(fs, usual) : usual
  const head = (usualHead ?? (folder && (await orAbsent(fs.readText(`${folder}/HEAD`)))))?.trim()
  if (head === undefined) return undefined
  const [, ref] = /^ref: (refs\/\S+)$/.exec(head) ?? []
  if (ref === undefined) return hashIn(head)
  const [loose, packed] = await Promise.all([
    orAbsent(fs.readText(`${folder}/${ref}`)),
    orAbsent(fs.readText(`${folder}/packed-refs`)),
  ])
  return hashIn(loose?.trim() ?? '') ?? packedCommit(packed ?? '', ref)
}

/** The commit of a ref in the text of packed-refs. */
export function packedCommit(text: string, ref: string): string | undefined {
  const line = text.split('\n').find((each) => each.endsWith(` ${ref}`))
  return hashIn(line?.split(' ')[0] ?? '')
}

// Of a worktree or submodule, .git is a file that names the folder.
async function namedFolder(fs: Fs, path: string): Promise<string | undefined> {
  const text = await orAbsent(fs.readText(path))
  const [, named] = /^gitdir: (.+)$/m.exec(text ?? '') ?? []
  return named === undefined ? undefined : resolve(dirname(path), named)
}

function hashIn(text: string): string | undefined {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text) ? text : undefined
}

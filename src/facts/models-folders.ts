import type { Fs, Named } from '../host/fs.ts'
import type { ModelsEntry, ModelsFolder } from './folder-facts.ts'
import { orAbsent } from './or-absent.ts'

/** Looks at models folders and one level into them. */
export function lookModels(fs: Fs, paths: readonly string[]): Promise<readonly ModelsFolder[]> {
  return Promise.all(paths.map((path) => lookFolder(fs, path)))
}

async function lookFolder(fs: Fs, path: string): Promise<ModelsFolder> {
  const found = await orAbsent(fs.entries(path))
  if (found === undefined) return { path, exists: false, real: undefined, entries: [] }
  const [real, entries] = await Promise.all([
    orAbsent(fs.realPath(path)),
    Promise.all(found.map((entry) => lookEntry(fs, entry, `${path}/${entry.name}`))),
  ])
  return { path, exists: true, real, entries }
}

async function lookEntry(fs: Fs, { name, kind }: Named, path: string): Promise<ModelsEntry> {
  switch (kind) {
    case 'folder':
      return { name, kind, linkTarget: undefined, empty: await isEmpty(fs, path) }
    case 'link':
      return { name, kind, linkTarget: await orAbsent(fs.readLink(path)), empty: false }
    case 'file':
    case 'other':
      return { name, kind: 'other', linkTarget: undefined, empty: false }
  }
}

// ComfyUI's own tree holds one such file in each folder; what has contents is a person's, whatever its name.
async function isEmpty(fs: Fs, path: string): Promise<boolean> {
  const names = await orAbsent(fs.list(path))
  if (names === undefined || names.length > 1 || !names.every((name) => MARKER.test(name))) return false
  const entries = await Promise.all(names.map((name) => orAbsent(fs.look(`${path}/${name}`))))
  return entries.every((entry) => entry?.kind === 'file' && entry.bytes === 0)
}

const MARKER = /^put_.*_here$/

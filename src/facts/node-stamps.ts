import type { Fs } from '../host/fs.ts'
import type { NodeStamps } from './folder-facts.ts'
import { orAbsent } from './or-absent.ts'

/** Time and size of a node's telling files; nothing is opened. */
export async function lookStamps(fs: Fs, node: string): Promise<NodeStamps> {
  const [requirements, install, init, project] = await Promise.all([
    stampOf(fs, `${node}/requirements.txt`),
    stampOf(fs, `${node}/install.py`),
    stampOf(fs, `${node}/__init__.py`),
    stampOf(fs, `${node}/pyproject.toml`),
  ])
  return { requirements, install, code: `${init ?? ''} ${project ?? ''}`.trim() }
}

/** Time and size of a file as one short text; undefined where there is none. */
export async function stampOf(fs: Fs, path: string): Promise<string | undefined> {
  const entry = await orAbsent(fs.follow(path))
  return entry?.kind === 'file' ? `${entry.mtimeMs}-${entry.bytes}` : undefined
}

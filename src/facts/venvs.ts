import { dirname } from 'node:path'
import { type Layout, MARKER } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { PythonFacts } from './device-facts.ts'
import { orAbsent } from './or-absent.ts'
import { parseMarker } from './parse-marker.ts'

/** The venv that ComfyUI runs with where it lies inside the workspace's tree: it was moved, or made by another image's Python. */
export type TreeVenv = {
  readonly python: string
  /** It was started, from where it lies, with the Python and the tree that are there now. */
  readonly isProven: boolean
}

/** Whether the Python is one of a venv inside the workspace's tree, and proven. A few looks at files; nothing is run. */
export async function lookTreeVenv(
  fs: Fs,
  layout: Layout,
  python: Pick<PythonFacts, 'path' | 'venv'> | undefined,
): Promise<TreeVenv | undefined> {
  if (python?.venv === undefined || !isInTree(python.path, layout)) return undefined
  const [kept, proof] = await Promise.all([
    orAbsent(fs.readText(layout.venvProof)),
    venvProof(fs, layout, python.path),
  ])
  return { python: python.path, isProven: kept === proof }
}

/** Text that differs once another tree, or another Python below the venv, is there. */
export async function venvProof(fs: Fs, layout: Layout, python: string): Promise<string> {
  const [marker, base, program] = await Promise.all([
    orAbsent(fs.readText(`${layout.home}/${MARKER}`)),
    orAbsent(fs.realPath(python)),
    orAbsent(fs.follow(python)),
  ])
  const { image } = parseMarker(marker) ?? {}
  const proof = { python, venv: dirname(dirname(python)), base, bytes: program?.bytes, image }
  return `${JSON.stringify({ ...proof, mtimeMs: program?.mtimeMs })}\n`
}

function isInTree(path: string, { home }: Layout): boolean {
  return path.startsWith(`${home}/`)
}

import { layoutOf, MARKER } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { Marker, WorkspaceTree } from './facts.ts'
import { orAbsent } from './or-absent.ts'

/** What <workspace>/ComfyUI is. `mountsInside` are the mount points below the workspace. */
export async function lookTree(
  fs: Fs,
  workspace: string,
  mountsInside: readonly string[],
): Promise<WorkspaceTree> {
  const { home, staging } = layoutOf(workspace)
  const [entry, names, marker, staged] = await Promise.all([
    orAbsent(fs.look(home)),
    orAbsent(fs.list(home)),
    orAbsent(fs.readText(`${home}/${MARKER}`)),
    orAbsent(fs.list(staging)),
  ])
  const torn = staged !== undefined && staged.length > 0 ? staged : undefined
  if (entry === undefined) return torn ? { state: 'torn', found: torn } : { state: 'absent' }
  // A file, a link that leads nowhere, or a folder that may not be listed.
  if (names === undefined) return { state: 'foreign', found: [`ComfyUI (${entry.kind})`] }
  const parsed = parseMarker(marker)
  if (parsed !== undefined) return { state: 'ours', marker: parsed }
  const mounted = mountsInside.filter((point) => point === home || point.startsWith(`${home}/`))
  if (!(await holdsOnly(fs, home, mounted))) return { state: 'foreign', found: names }
  if (mounted.length > 0) return { state: 'empty', mounted }
  return torn ? { state: 'torn', found: torn } : { state: 'empty' }
}

/** The marker in a text, or undefined when the text is none of ours. */
export function parseMarker(text: string | undefined): Marker | undefined {
  const value = jsonIn(text)
  if (typeof value !== 'object' || value === null || !('layout' in value) || value.layout !== 1)
    return undefined
  const of = (key: string) => {
    const field: unknown = Reflect.get(value, key)
    return typeof field === 'string' ? field : undefined
  }
  return {
    layout: 1,
    image: of('image') ?? '',
    version: of('version'),
    commit: of('commit'),
    from: of('from') ?? '',
    adoptedAt: of('adoptedAt') ?? '',
  }
}

function jsonIn(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

// Docker makes the folders above a mount point, so a folder that only leads to one is nobody's either.
async function holdsOnly(fs: Fs, folder: string, mounted: readonly string[]): Promise<boolean> {
  const names = (await orAbsent(fs.list(folder))) ?? []
  for (const name of names) {
    const path = `${folder}/${name}`
    if (mounted.includes(path)) continue
    const leads = mounted.some((point) => point.startsWith(`${path}/`))
    if (!leads || !(await holdsOnly(fs, path, mounted))) return false
  }
  return true
}

import type { Host } from '../../../host/host.ts'
import { inBatches } from './in-batches.ts'

/** A file or link of a venv that may hold absolute paths; `path` is below the tree, `as` says how it is read. */
export type Holder = {
  readonly path: string
  readonly as: 'link' | 'plain' | 'url' | 'program' | 'script' | 'activate'
}

/** Folders of a tree that are venvs, itself included, down to two levels below it; `` and `/venv` for itself and for venv. */
export async function findVenvs(host: Host, tree: string, signal: AbortSignal): Promise<readonly string[]> {
  const first = await foldersIn(host, tree, '')
  const second = await inBatches(first, signal, (folder) => foldersIn(host, tree, folder))
  const folders = ['', ...first, ...second.flat()]
  const configs = await inBatches(folders, signal, (folder) => host.fs.look(`${tree}${folder}/pyvenv.cfg`))
  return folders.filter((_, at) => configs[at]?.kind === 'file')
}

/** What may hold absolute paths in a venv, by where it lies: nothing is opened. Large venvs cost one reading of each folder. */
export async function findHolders(
  host: Host,
  { tree, venv }: { readonly tree: string; readonly venv: string },
  signal: AbortSignal,
): Promise<readonly Holder[]> {
  const holders: Holder[] = []
  for (let folders = ['']; folders.length > 0; ) {
    const found = await inBatches(folders, signal, async (folder) => {
      const entries = (await host.fs.entries(`${tree}${venv}${folder}`)) ?? []
      return entries.map(({ name, kind }) => ({ path: `${folder}/${name}`, kind }))
    })
    const isOf = (kind: string) => found.flat().filter((each) => each.kind === kind)
    holders.push(...isOf('link').map(({ path }) => ({ path: venv + path, as: 'link' as const })))
    for (const { path } of isOf('file')) {
      const as = readAs(path)
      if (as !== undefined) holders.push({ path: venv + path, as })
    }
    folders = isOf('folder').flatMap(({ path }) => (isVenvs(path) ? [path] : []))
  }
  return holders
}

async function foldersIn(host: Host, tree: string, folder: string): Promise<readonly string[]> {
  const entries = (await host.fs.entries(`${tree}${folder}`)) ?? []
  return entries.flatMap(({ name, kind }) => (kind === 'folder' ? [`${folder}/${name}`] : []))
}

// A tree may be a venv itself: what else lies in it is not the venv's.
function isVenvs(folder: string): boolean {
  return /^\/(bin|etc|include|lib|lib64|share)(\/|$)/.test(folder) && !folder.endsWith('/__pycache__')
}

const PLACES: readonly (readonly [RegExp, Holder['as']])[] = [
  [/^\/pyvenv\.cfg$/, 'plain'],
  [/^\/bin\/activate[^/]*$/i, 'activate'],
  [/^\/bin\/[^/]+$/, 'script'],
  [/^\/lib(64)?\/[^/]+\/site-packages\/[^/]+\.(pth|egg-link)$/, 'plain'],
  [/^\/lib(64)?\/[^/]+\/site-packages\/_[^/]*editable[^/]*\.py$/, 'program'],
  [/^\/lib(64)?\/[^/]+\/site-packages\/[^/]+\.dist-info\/direct_url\.json$/, 'url'],
  [/^\/share\/jupyter\/kernels\/[^/]+\/kernel\.json$/, 'program'],
]

function readAs(path: string): Holder['as'] | undefined {
  return PLACES.find(([pattern]) => pattern.test(path))?.[1]
}

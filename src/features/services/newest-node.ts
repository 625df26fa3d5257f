import type { Fs } from '../../host/fs.ts'

/** The custom node that changed last, and the names of all others that ComfyUI would load. */
export type Newest = { readonly newest: string; readonly others: readonly string[] }

/** Looks which node of a custom_nodes folder changed last; undefined when there is none, or none that tells. */
export async function newestNode(host: { readonly fs: Fs }, folder: string): Promise<Newest | undefined> {
  const names = await nodesIn(host.fs, folder)
  const times = await Promise.all(names.map((name) => changedAt(host.fs, `${folder}/${name}`)))
  const latest = Math.max(0, ...times)
  const at = latest === 0 ? -1 : times.indexOf(latest)
  const newest = names[at]
  // A name with a dash in front would be taken for a flag.
  const others = names.filter((name, place) => place !== at && !name.startsWith('-'))
  return newest === undefined ? undefined : { newest, others }
}

// As nodes.py of ComfyUI chooses them: folders, links and files of Python that are not switched off.
async function nodesIn(fs: Fs, folder: string): Promise<readonly string[]> {
  const entries = (await fs.entries(folder)) ?? []
  return entries
    .filter(({ name, kind }) => kind === 'folder' || kind === 'link' || name.endsWith('.py'))
    .map(({ name }) => name)
    .filter((name) => !name.endsWith('.disabled') && !name.startsWith('.') && name !== '__pycache__')
}

/** A node's own files that say which version it is; what it writes while it runs is not among them. */
const TELLING = /\.py$|^(pyproject\.toml|requirements\.txt)$/

// A change of the status counts, not of the content: archives bring times of their own along. git writes its log of HEAD
// with each change of version.
async function changedAt(fs: Fs, path: string): Promise<number> {
  const names = (await fs.list(path).catch(() => undefined)) ?? []
  const paths = [
    `${path}/.git/logs/HEAD`,
    ...names.filter((name) => TELLING.test(name)).map((name) => `${path}/${name}`),
    ...(path.endsWith('.py') ? [path] : []),
  ]
  const found = await Promise.all(paths.map((each) => fs.follow(each).catch(() => undefined)))
  return Math.max(0, ...found.map((entry) => entry?.ctimeMs ?? 0))
}

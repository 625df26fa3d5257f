import type { Fs } from '../host/fs.ts'

/** The custom node that changed last, and the names of all others that ComfyUI would load. */
export type Newest = { readonly newest: string; readonly others: readonly string[] }

/** Looks which node of a custom_nodes folder, but for some, changed last; undefined when there is none, or none that tells. */
export async function newestNode(
  host: { readonly fs: Fs },
  folder: string,
  except?: { readonly has: (name: string) => boolean },
): Promise<Newest | undefined> {
  const names = (await nodesIn(host.fs, folder)).filter((name) => except?.has(name) !== true)
  const times = await Promise.all(names.map((name) => changedAt(host.fs, `${folder}/${name}`)))
  const latest = Math.max(0, ...times)
  const at = latest === 0 ? -1 : times.indexOf(latest)
  const newest = names[at]
  const others = names.filter((name, place) => place !== at && canBeNamed(name))
  return newest === undefined ? undefined : { newest, others }
}

/** Names in a custom_nodes folder that ComfyUI loads, as its nodes.py chooses them: folders, links and files of Python that are not switched off. */
export async function nodesIn(fs: Fs, folder: string): Promise<readonly string[]> {
  const entries = (await fs.entries(folder)) ?? []
  return entries
    .filter(({ name, kind }) => kind === 'folder' || kind === 'link' || name.endsWith('.py'))
    .map(({ name }) => name)
    .filter((name) => !name.endsWith('.disabled') && !name.startsWith('.') && name !== '__pycache__')
}

/** False for a name with a dash in front: among arguments it would be taken for a flag. */
export function canBeNamed(name: string): boolean {
  return !name.startsWith('-')
}

/** A node's own files that say which version it is; what it writes while it runs is not among them. */
const TELLING = /\.py$|^(pyproject\.toml|requirements\.txt)$/

/**
 * When a node's files changed last, milliseconds since 1970; 0 when none tells. A change of the status counts, not of the
 * content: archives bring times of their own along. git writes its log of HEAD with each change of version.
 */
export async function changedAt(fs: Fs, path: string): Promise<number> {
  const names = (await fs.list(path).catch(() => undefined)) ?? []
  const paths = [
    `${path}/.git/logs/HEAD`,
    ...names.filter((name) => TELLING.test(name)).map((name) => `${path}/${name}`),
    ...(path.endsWith('.py') ? [path] : []),
  ]
  const found = await Promise.all(paths.map((each) => fs.follow(each).catch(() => undefined)))
  return Math.max(0, ...found.map((entry) => entry?.ctimeMs ?? 0))
}

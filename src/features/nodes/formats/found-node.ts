import type { LockedNode, NodeSource } from '../../../base/node.ts'
import { hasSecret, withoutSecret } from '../manifest/addresses.ts'
import { folderFault, lastPart } from '../manifest/folder-name.ts'
import type { WrittenMapping } from '../manifest/keys.ts'
import { defaultFolder, readEntry } from '../manifest/read-entry.ts'

/** One node as another program’s file has it. */
export type FoundNode = {
  readonly enabled: boolean
  /** Name of its folder, where the file says it. */
  readonly folder?: string | undefined
} & (
  | { readonly kind: 'git'; readonly url: string; readonly commit: string | undefined }
  | { readonly kind: 'registry'; readonly id: string; readonly version: string | undefined }
)

/** The nodes as entries and locked nodes; what is not exact, or cannot be had at all, is in the notes. */
export function takeNodes(found: readonly FoundNode[]): {
  readonly entries: readonly WrittenMapping[]
  readonly locked: readonly LockedNode[]
  readonly notes: readonly string[]
} {
  const taken = new Map<string, Taken>()
  const notes: string[] = []
  for (const each of found) {
    const read = takeNode(each)
    notes.push(...read.notes)
    if (read.taken === undefined) continue
    const key = read.taken.folder.toLowerCase()
    if (taken.has(key))
      notes.push(`${nameOf(each)} is left out: the folder ${read.taken.folder} is another node’s.`)
    else taken.set(key, read.taken)
  }
  const all = [...taken.values()]
  return {
    entries: all.map(({ entry }) => entry),
    locked: all.flatMap(({ locked }) => (locked === undefined ? [] : [locked])),
    notes,
  }
}

type Taken = {
  readonly folder: string
  readonly entry: WrittenMapping
  readonly locked: LockedNode | undefined
}

type Read = { readonly taken: Taken | undefined; readonly notes: readonly string[] }

function takeNode(node: FoundNode): Read {
  const { pin, notes: pinNotes } = pinOf(node)
  const source = sourceOf(node)
  const folder = folderOf(node, source)
  const entry: WrittenMapping = {
    ...(source.kind === 'git' ? { git: source.url } : { registry: source.id }),
    ...(pin !== undefined && pin.ref !== undefined ? { ref: pin.ref } : {}),
    ...(folder === defaultFolder(source) ? {} : { folder }),
    ...(node.enabled ? {} : { enabled: false }),
  }
  const read = readEntry(entry, '/')
  if ('fault' in read) return { taken: undefined, notes: [`${nameOf(node)} is left out: ${read.fault}`] }
  const locked = pin?.locked === undefined ? undefined : { folder, source, ...pin.locked }
  const secret = node.kind === 'git' && hasSecret(node.url)
  const secretNote = `The password or token in the address of ${folder} is left out; set COMFY_GIT_CREDENTIALS.`
  return { taken: { folder, entry, locked }, notes: [...pinNotes, ...(secret ? [secretNote] : [])] }
}

type Pin = {
  readonly ref?: string
  readonly locked?: { readonly commit: string } | { readonly version: string }
}

// A short commit, a tag or a branch cannot be locked before the repository was asked: the manifest names it then.
function pinOf(node: FoundNode): { readonly pin: Pin | undefined; readonly notes: readonly string[] } {
  if (node.kind === 'git') {
    const commit = node.commit?.toLowerCase()
    if (commit === undefined || commit === '')
      return { pin: undefined, notes: [`${nameOf(node)} names no commit: the newest is taken.`] }
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return { pin: { locked: { commit } }, notes: [] }
    return { pin: { ref: node.commit ?? commit }, notes: [] }
  }
  const { version } = node
  if (version !== undefined && /^\d[\w.+-]*$/.test(version))
    return { pin: { locked: { version } }, notes: [] }
  return {
    pin: undefined,
    notes: [`${nameOf(node)} names no version but «${version ?? ''}»: the newest release is taken.`],
  }
}

function sourceOf(node: FoundNode): Extract<NodeSource, { kind: 'git' | 'registry' }> {
  if (node.kind === 'registry') return { kind: 'registry', id: node.id, version: undefined }
  return { kind: 'git', url: withoutSecret(withScheme(node.url)), ref: undefined }
}

// `git@host:owner/repository` is the same as an ssh:// address with the same parts.
function withScheme(url: string): string {
  const [, user, host, path] = /^(\w+)@([\w.-]+):(?!\/)(.+)$/.exec(url) ?? []
  return host === undefined ? url.replace(/\/+$/, '') : `ssh://${user}@${host}/${path}`
}

function folderOf(node: FoundNode, source: NodeSource): string {
  const own = node.folder
  return own !== undefined && folderFault(own) === undefined ? own : defaultFolder(source)
}

function nameOf(node: FoundNode): string {
  return node.folder ?? (node.kind === 'git' ? lastPart(node.url) : node.id)
}

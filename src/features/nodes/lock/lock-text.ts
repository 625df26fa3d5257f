import type { LockedNode, NodeSource, NodesLock } from '../../../base/node.ts'
import { withoutSecret } from '../manifest/addresses.ts'

/**
 * The text of nodes.lock.json: keys and entries in one order whatever order they come in, a node in few lines and a package in
 * one, so that a change shows as that and nothing else. No password or token of an address gets into it.
 */
export function lockText({ comfyui, identity, nodes, packages }: NodesLock): string {
  const named = nodes.toSorted((a, b) => order(a.folder.toLowerCase(), b.folder.toLowerCase())).map(nodeText)
  const pins = packages
    .map(({ name, version, for: folders }) => ({ name, version, for: folders.toSorted(order) }))
    .toSorted((a, b) => order(a.name.toLowerCase(), b.name.toLowerCase()))
  const { version, commit } = comfyui ?? {}
  const parts = [
    '"version": 1',
    ...(comfyui === undefined ? [] : [`"comfyui": ${inOneLine({ version, commit })}`]),
    ...(identity === undefined ? [] : [`"identity": ${inOneLine(inOrder(identity))}`]),
    `"nodes": ${listText(named)}`,
    `"packages": ${listText(pins.map(inOneLine))}`,
  ]
  return `{\n${parts.map((part) => `  ${part}`).join(',\n')}\n}\n`
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function listText(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${item}`).join(',\n')}\n  ]`
}

function nodeText({ folder, source, commit, version, archive, tree }: LockedNode): string {
  const fields: Readonly<Record<string, unknown>> = {
    folder,
    source: sourceOf(source),
    commit,
    version,
    archive: archive === undefined ? undefined : { url: withoutSecret(archive.url), sha256: archive.sha256 },
    tree,
  }
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `      "${key}": ${inOneLine(value)}`)
  return `{\n${lines.join(',\n')}\n    }`
}

function sourceOf(source: NodeSource): NodeSource {
  switch (source.kind) {
    case 'git':
      return { kind: 'git', url: withoutSecret(source.url), ref: source.ref }
    case 'registry':
      return { kind: 'registry', id: source.id, version: source.version }
    case 'zip':
      return { kind: 'zip', url: withoutSecret(source.url), sha256: source.sha256 }
    case 'path':
      return { kind: 'path', path: source.path }
  }
}

function inOrder({ python, arch, torch, cuda, image }: NonNullable<NodesLock['identity']>): object {
  return { python, arch, torch, cuda, image }
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{ ${fields.map(([key, each]) => `${JSON.stringify(key)}: ${inOneLine(each)}`).join(', ')} }`
}

import type { Fs, Named } from '../host/fs.ts'
import type { NodeFolder, NodesFolder } from './folder-facts.ts'
import { lookStamps } from './node-stamps.ts'
import { orAbsent } from './or-absent.ts'

/** Looks at folders of custom nodes. */
export function lookNodes(fs: Fs, paths: readonly string[]): Promise<readonly NodesFolder[]> {
  return Promise.all(paths.map((path) => lookFolder(fs, path)))
}

const SWITCHED_OFF = /\.disabled$/

async function lookFolder(fs: Fs, path: string): Promise<NodesFolder> {
  const entries = await orAbsent(fs.entries(path))
  const hasDisabled = entries?.some(({ name }) => name === '.disabled') ?? false
  const switchedOff = hasDisabled ? await orAbsent(fs.list(`${path}/.disabled`)) : undefined
  const found = (entries ?? []).filter(({ name }) => !name.startsWith('.') && name !== '__pycache__')
  const nodes = await Promise.all(
    found
      .filter(({ name }) => !SWITCHED_OFF.test(name))
      .map((entry) => lookNode(fs, entry, `${path}/${entry.name}`)),
  )
  const names = [
    ...found.filter(({ name }) => SWITCHED_OFF.test(name)).map(({ name }) => name.replace(SWITCHED_OFF, '')),
    ...(switchedOff ?? []).map((name) => name.replace(/@.*$/, '')),
  ]
  return {
    path,
    exists: entries !== undefined,
    nodes: nodes.filter((node) => node !== undefined),
    disabled: [...new Set(names)],
  }
}

// A link to nothing counts: it was made for a node of an image before.
async function lookNode(fs: Fs, { name, kind }: Named, path: string): Promise<NodeFolder | undefined> {
  if (kind === 'folder') return { name, linkTarget: undefined, stamps: await lookStamps(fs, path) }
  if (kind !== 'link') return undefined
  const [leadsTo, linkTarget] = await Promise.all([orAbsent(fs.follow(path)), orAbsent(fs.readLink(path))])
  if (leadsTo === undefined) return { name, linkTarget }
  return leadsTo.kind === 'folder' ? { name, linkTarget, stamps: await lookStamps(fs, path) } : undefined
}

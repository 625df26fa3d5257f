import type { LockedNode } from '../../base/node.ts'
import { readCommit } from '../../facts/git-commit.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import { withoutSecret } from '../../features/nodes/manifest/addresses.ts'
import type { Fs } from '../../host/fs.ts'

/** What a folder of a node says of itself: where it came from and at what, or why that cannot be told, going on from «it …». */
export type Identified = { readonly locked: LockedNode } | { readonly unknown: string }

/** A node’s folder: its name, its path, and where it leads when it is a link. */
export type NodeAt = {
  readonly folder: string
  readonly path: string
  readonly linkTarget: string | undefined
}

/** Tells where a node came from by its own files, without running git: its repository, or the registry’s marks. */
export async function identify(fs: Fs, { folder, path, linkTarget }: NodeAt): Promise<Identified> {
  if (linkTarget !== undefined) {
    const target = linkTarget.startsWith('/') ? await orAbsent(fs.realPath(path)) : undefined
    return target === undefined
      ? { unknown: 'is a link to somewhere beside it' }
      : { locked: { folder, source: { kind: 'path', path: target } } }
  }
  const [config, commit, tracking, project] = await Promise.all([
    orAbsent(fs.readText(`${path}/.git/config`)),
    readCommit(fs, path),
    orAbsent(fs.readText(`${path}/.tracking`)),
    orAbsent(fs.readText(`${path}/pyproject.toml`)),
  ])
  if (config !== undefined || commit !== undefined) {
    const url = originIn(config ?? '')
    if (commit === undefined) return { unknown: 'has a git folder without a commit' }
    if (url === undefined) return { unknown: 'is a git repository without an address to get it from' }
    const ref = await refOf(fs, path)
    return { locked: { folder, source: { kind: 'git', url, ref }, commit } }
  }
  const { name, version } = projectIn(project ?? '')
  if (tracking === undefined || name === undefined || version === undefined)
    return { unknown: 'has neither a git folder nor the marks of the registry' }
  const id = name.toLowerCase()
  return { locked: { folder, source: { kind: 'registry', id, version: undefined }, version } }
}

/** The address of `origin` in a git configuration, without a password or a token in it. */
export function originIn(config: string): string | undefined {
  const [, section] = /^\[remote "origin"\]\s*\n((?:(?!\[).*\n?)*)/m.exec(config) ?? []
  const [, written] = /^\s*url\s*=\s*(\S+)\s*$/m.exec(section ?? '') ?? []
  if (written === undefined) return undefined
  const [, user, host, path] = /^([\w.-]+)@([\w.-]+):(?!\/\/)(.+)$/.exec(written) ?? []
  if (path !== undefined) return `ssh://${user}@${host}/${path.replace(/^\/+/, '')}`
  return withoutSecret(written)
}

// The branch that the server has as its own need not be named: a lock holds the commit.
async function refOf(fs: Fs, path: string): Promise<string | undefined> {
  const [head, remote] = await Promise.all([
    orAbsent(fs.readText(`${path}/.git/HEAD`)),
    orAbsent(fs.readText(`${path}/.git/refs/remotes/origin/HEAD`)),
  ])
  const [, branch] = /^ref: refs\/heads\/(\S+)/.exec(head ?? '') ?? []
  const [, usual] = /^ref: refs\/remotes\/origin\/(\S+)/.exec(remote ?? '') ?? []
  const isUsual = usual === undefined ? branch === 'main' || branch === 'master' : branch === usual
  return isUsual ? undefined : branch
}

/** Name and version in the `[project]` part of a pyproject.toml. */
export function projectIn(text: string): {
  readonly name: string | undefined
  readonly version: string | undefined
} {
  const [, project = ''] = /^\[project\]\s*\n((?:(?!\[).*\n?)*)/m.exec(text) ?? []
  const of = (key: string) => new RegExp(`^${key}\\s*=\\s*["']([^"'\\n]+)["']`, 'm').exec(project)?.[1]
  return { name: of('name'), version: of('version') }
}

import type { LockedNode } from '../../../base/node.ts'
import { errorPath, Problem, systemCode } from '../../../base/problem.ts'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import { leadsInside } from '../../../host/archive-links.ts'
import type { Host } from '../../../host/host.ts'
import { withoutSecret } from '../manifest/addresses.ts'
import { fromRegistry, fromZip } from './from-archive.ts'
import { fromGit } from './from-git.ts'
import { type Marker, writeMarker } from './marker.ts'
import type { CheckOutAbout, Getting, ToCheckOut } from './to-check-out.ts'
import { contentOf, digestOf } from './tree-digest.ts'

/** One node, and the absent folder to get it into. */
export type Staging = Pick<ToCheckOut, 'wanted' | 'request' | 'locked'> & {
  readonly staged: string
  /** The branch that the checkout in its place follows, where it is the one that is wanted. */
  readonly branch?: string | undefined
}

/**
 * Gets one node into a folder and says what it is exactly. Throws a Problem (see `isTemporary`); what is staged then is for the
 * caller to remove, and so is what a crash leaves.
 */
export async function checkOut(host: Host, node: Staging, about: CheckOutAbout): Promise<LockedNode> {
  const untilMs = host.clock.monotonicMs() + about.settings.nodeTimeoutMs
  try {
    const got = await get(host, node, { ...about, untilMs, silent: about.silent ?? new Set() })
    return 'link' in got ? got.link : await seal(host, node, got)
  } catch (error) {
    about.signal.throwIfAborted()
    const code = systemCode(error)
    if (error instanceof Problem || code === undefined) throw error
    const details = { name: node.wanted.folder, path: errorPath(error) ?? node.staged, code }
    throw new Problem('NODE_NOT_WRITTEN', details, { cause: error })
  }
}

type Got = Omit<Marker, 'request'> | { readonly link: LockedNode }

async function get(host: Host, { wanted, locked, staged, branch }: Staging, getting: Getting): Promise<Got> {
  const { folder, source } = wanted
  switch (source.kind) {
    case 'git': {
      const url = withoutSecret(source.url)
      const about = { name: folder, url, ref: source.ref, commit: locked?.commit, staged, branch }
      const commit = await fromGit(host, about, getting)
      return { locked: { folder, source: { ...source, url }, commit } }
    }
    case 'registry': {
      const version = locked?.version ?? source.version
      const about = { name: folder, id: source.id, version, pinned: locked?.archive, staged }
      const { members, ...got } = await fromRegistry(host, about, getting)
      return { locked: { folder, source, ...got }, members }
    }
    case 'zip': {
      const { members, archive } = await fromZip(host, { name: folder, ...source, staged }, getting)
      return { locked: { folder, source, archive }, members }
    }
    case 'path': {
      if ((await host.fs.follow(source.path))?.kind !== 'folder')
        throw new Problem('NODE_PATH_ABSENT', { name: folder, path: source.path })
      await host.fs.link(source.path, staged)
      return { link: { folder, source } }
    }
  }
}

async function seal(
  host: Host,
  { request, staged }: Staging,
  got: Omit<Marker, 'request'>,
): Promise<LockedNode> {
  const entries = await contentOf(host, staged)
  refuseLeavingLinks(got.locked.folder, entries)
  const locked = { ...got.locked, tree: await digestOf(host, staged, entries) }
  await writeMarker(host.fs, staged, { ...got, request, locked })
  return locked
}

function refuseLeavingLinks(name: string, entries: readonly TreeEntry[]): void {
  for (const { path, target } of entries)
    if (target !== undefined && !leadsInside(path, target))
      throw new Problem('NODE_LINK_LEAVES', { name, path, target })
}

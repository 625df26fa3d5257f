import type { LockedNode, WantedNode } from '../../../base/node.ts'
import type { Fs } from '../../../host/fs.ts'

/** The branch of the server’s that a checkout follows; undefined for none, or for another one than is wanted now. */
export async function branchFollowed(
  fs: Fs,
  at: string,
  { old, wanted }: { readonly old: LockedNode; readonly wanted: WantedNode },
): Promise<string | undefined> {
  const [before, { source }] = [old.source, wanted]
  if (before.kind !== 'git' || source.kind !== 'git' || before.url !== source.url) return undefined
  const [head, settings] = await Promise.all(
    ['HEAD', 'config'].map((name) => fs.readText(`${at}/.git/${name}`)),
  )
  const [, branch] = /^ref: refs\/heads\/([\w./-]+)$/m.exec(head ?? '') ?? []
  if (branch === undefined || (source.ref !== undefined && source.ref !== branch)) return undefined
  return settings?.includes(`\tmerge = refs/heads/${branch}\n`) ? branch : undefined
}

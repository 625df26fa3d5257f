import type { LockedNode } from '../../../base/node.ts'
import type { Host } from '../../../host/host.ts'
import { readMarker } from './marker.ts'
import type { ToCheckOut } from './to-check-out.ts'

/**
 * Where a node lies, and where it lies on its way. All are in custom_nodes, so that renaming is enough, under names that
 * ComfyUI skips and that no node can have.
 */
export type NodePlace = {
  readonly folder: string
  readonly at: string
  /** What is being made: worth nothing until it is whole. */
  readonly staged: string
  /** What another checkout takes the place of, until all that is the user's was brought over. */
  readonly aside: string
  /** What is only to be removed. */
  readonly gone: string
}

/** The places of one node. */
export function placeOf(customNodes: string, folder: string): NodePlace {
  const own = `${customNodes}/.comfy-init-${folder}`
  return {
    folder,
    at: `${customNodes}/${folder}`,
    staged: `${own}.disabled`,
    aside: `${own}~old.disabled`,
    gone: `${own}~gone.disabled`,
  }
}

/** What lies in a node's place: nothing, what an earlier start put there and for which request, or somebody else's. */
export type Found =
  | { readonly state: 'absent' }
  | { readonly state: 'ours'; readonly locked: LockedNode; readonly request: string | undefined }
  | { readonly state: 'foreign'; readonly what: string }

/** Looks what lies there. A checkout's own marker says more than the record of it, which may be older. */
export async function lookAt(
  host: Host,
  at: string,
  { wanted, before }: Pick<ToCheckOut, 'wanted' | 'before'>,
): Promise<Found> {
  const entry = await host.fs.look(at)
  if (entry === undefined) return { state: 'absent' }
  if (entry.kind === 'link') return lookAtLink(host, at, { wanted, before })
  if (entry.kind !== 'folder') return { state: 'foreign', what: 'a file' }
  const marker = await readMarker(host.fs, at)
  if (marker?.locked.folder.toLowerCase() === wanted.folder.toLowerCase())
    return { state: 'ours', locked: marker.locked, request: marker.request }
  if (before?.locked !== undefined && before.locked.source.kind !== 'path')
    return { state: 'ours', locked: before.locked, request: before.request }
  return { state: 'foreign', what: 'a folder' }
}

async function lookAtLink(
  host: Host,
  at: string,
  { wanted, before }: Pick<ToCheckOut, 'wanted' | 'before'>,
): Promise<Found> {
  const target = (await host.fs.readLink(at)) ?? ''
  const { folder } = wanted
  const isOurs = [wanted.source, before?.locked?.source].some(
    (source) => source?.kind === 'path' && source.path === target,
  )
  if (!isOurs) return { state: 'foreign', what: `a link to ${target}` }
  return { state: 'ours', locked: { folder, source: { kind: 'path', path: target } }, request: undefined }
}

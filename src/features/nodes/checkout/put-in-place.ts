import { Problem } from '../../../base/problem.ts'
import { shortList } from '../../../base/text.ts'
import type { Host } from '../../../host/host.ts'
import type { Git } from '../git.ts'
import { readMarker } from './marker.ts'
import type { NodePlace } from './place.ts'
import { bringOver, findUserFiles } from './user-files.ts'

/** Refuses where a user's file could not be brought over into what is staged: neither is to be lost. */
export async function refuseTaken(host: Host, { folder, at, staged }: NodePlace, git: Git): Promise<void> {
  const found = await findUserFiles(host, { from: at, to: staged, git })
  if (found !== undefined && found.taken.length === 0) return
  const reason =
    found === undefined
      ? 'git cannot say which files are its own'
      : `${shortList(found.taken)} would be in the way of what comes`
  throw new Problem('NODE_CHANGED_LOCALLY', { name: folder, path: at, reason })
}

/**
 * Puts what is staged and synced in the place of an older checkout, and brings over what is the user's. A crash leaves the old
 * one aside, with the new one in its place or still staged; `putRight` does the rest, or takes it back.
 */
export async function replaceCheckout(host: Host, place: NodePlace, git: Git): Promise<void> {
  await host.fs.rename(place.at, place.aside)
  await host.fs.rename(place.staged, place.at)
  await finish(host, place, git)
}

/** Puts right what a start that was cut left: afterwards there is one checkout or none, whole, with all that is the user's in it. */
export async function putRight(host: Host, place: NodePlace, git: Git): Promise<void> {
  await host.fs.remove(place.gone)
  if ((await host.fs.look(place.aside)) !== undefined) {
    if ((await host.fs.look(place.at)) === undefined) await host.fs.rename(place.aside, place.at)
    else await finishOurs(host, place, git)
  }
  await host.fs.remove(place.staged)
}

async function finishOurs(host: Host, place: NodePlace, git: Git): Promise<void> {
  const { folder, at, aside } = place
  const isOurs = (await host.fs.look(at))?.kind === 'link' || (await readMarker(host.fs, at)) !== undefined
  if (isOurs) return finish(host, place, git)
  const reason = `files of the user’s may lie in ${aside}, which was to be replaced, and there is another one now`
  throw new Problem('NODE_CHANGED_LOCALLY', { name: folder, path: at, reason })
}

async function finish(host: Host, { folder, at, aside, gone }: NodePlace, git: Git): Promise<void> {
  const found = await findUserFiles(host, { from: aside, to: at, git })
  await bringOver(host, { from: aside, to: at, moves: found?.moves ?? [] })
  if (found === undefined || found.taken.length > 0) {
    const reason = `files of the user’s lie in ${aside}: ${shortList(found?.taken ?? [])}`
    throw new Problem('NODE_CHANGED_LOCALLY', { name: folder, path: at, reason })
  }
  await host.fs.rename(aside, gone)
  await host.fs.remove(gone)
}

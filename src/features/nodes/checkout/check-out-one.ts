import type { LockedNode } from '../../../base/node.ts'
import { failureOf } from '../../../base/node-failure.ts'
import { errorPath, Problem, systemCode } from '../../../base/problem.ts'
import type { Host } from '../../../host/host.ts'
import { isSamePin } from '../choose.ts'
import { isAmong } from '../presence.ts'
import { branchFollowed } from './branch-followed.ts'
import { checkOut } from './check-out.ts'
import type { Records } from './keep-records.ts'
import { lookAt, type NodePlace, placeOf } from './place.ts'
import { putRight, refuseTaken, replaceCheckout } from './put-in-place.ts'
import { removeQuietly } from './remove-quietly.ts'
import type { SyncStaged } from './sync-staged.ts'
import { isTemporary } from './temporary.ts'
import type { CheckOutAbout, ToCheckOut } from './to-check-out.ts'
import { changeIn } from './unchanged.ts'

/** What is needed for each of many nodes. */
export type CheckingOut = CheckOutAbout & {
  readonly customNodes: string
  readonly records: Records
  readonly sync: SyncStaged
  /** So that only a few are got at the same time; what comes after that waits for the disk and holds up nobody. */
  readonly turn: <Result>(act: () => Promise<Result>) => Promise<Result>
}

/**
 * Gets one node, puts it in its place and writes down what came of it: also why it could not be had, which is not thrown. What
 * is in its place and not ours, or was changed, stays as it is. A crash leaves what the next try puts right.
 */
export async function checkOutOne(
  host: Host,
  node: ToCheckOut,
  about: CheckingOut,
): Promise<'done' | 'not-needed'> {
  const startMs = host.clock.monotonicMs()
  const place = placeOf(about.customNodes, node.wanted.folder)
  const keep = (came: Pick<Came, 'locked' | 'problem'>) =>
    about.records.put({
      folder: node.wanted.folder,
      request: node.request,
      locked: came.locked,
      failure: came.problem && failureOf(came.problem, isTemporary(came.problem)),
      atMs: host.clock.now(),
      ms: Math.round(host.clock.monotonicMs() - startMs),
    })
  try {
    return await act(host, node, { ...about, place, keep: (locked) => keep({ locked, problem: undefined }) })
  } catch (error) {
    about.signal.throwIfAborted()
    const problem = asProblem(error, place)
    await removeQuietly(host, place.staged)
    const there = await lookAt(host, place.at, node)
    await keep({ locked: there.state === 'ours' ? there.locked : undefined, problem })
    return 'done'
  }
}

type Came = { readonly locked: LockedNode | undefined; readonly problem: Problem | undefined }

type Acting = CheckingOut & {
  readonly place: NodePlace
  readonly keep: (locked: LockedNode) => Promise<void>
}

async function act(host: Host, node: ToCheckOut, acting: Acting): Promise<'done' | 'not-needed'> {
  const { place, git, keep } = acting
  await putRight(host, place, git)
  const there = await lookAt(host, place.at, node)
  switch (there.state) {
    case 'absent':
      if (await isThereOtherwise(host, acting)) return 'not-needed'
      await bringNew(host, node, acting)
      return 'done'
    case 'foreign': {
      const details = { name: place.folder, path: place.at, what: there.what }
      throw new Problem('NODE_IN_THE_WAY', details)
    }
    case 'ours': {
      if (isAsWanted(there, node)) await keep(there.locked)
      else await bringInstead(host, node, { ...acting, old: there.locked })
      return 'done'
    }
  }
}

// In other letters, or switched off by a person.
async function isThereOtherwise(host: Host, { customNodes, place }: Acting): Promise<boolean> {
  return isAmong(place.folder, (await host.fs.list(customNodes)) ?? [])
}

type Old = { readonly locked: LockedNode; readonly request: string | undefined }

function isAsWanted({ locked, request }: Old, node: ToCheckOut): boolean {
  const { source } = node.wanted
  if (locked.source.kind === 'path') return source.kind === 'path' && source.path === locked.source.path
  return request === node.request && (node.locked === undefined || isSamePin(locked, node.locked))
}

// It is written down before it is there: what nothing is known of would be somebody else's.
async function bringNew(host: Host, node: ToCheckOut, acting: Acting): Promise<void> {
  const { at, staged } = acting.place
  const locked = await acting.turn(() => checkOut(host, { ...node, staged }, acting))
  await acting.sync(staged)
  await acting.keep(locked)
  await host.fs.rename(staged, at)
}

// It is written down once it is there, or the next start would take the old one for it.
async function bringInstead(
  host: Host,
  node: ToCheckOut,
  { old, ...acting }: Acting & { readonly old: LockedNode },
): Promise<void> {
  const { place, git } = acting
  const { at, staged, folder } = place
  const reason = await changeIn(host, at, { locked: old, git })
  if (reason !== undefined) throw new Problem('NODE_CHANGED_LOCALLY', { name: folder, path: at, reason })
  const branch = await branchFollowed(host.fs, at, { old, wanted: node.wanted })
  const locked = await acting.turn(() => checkOut(host, { ...node, staged, branch }, acting))
  if (old.source.kind !== 'path' && locked.source.kind === 'path')
    throw new Problem('NODE_IN_THE_WAY', { name: folder, path: at, what: 'a checkout of another source' })
  await refuseTaken(host, place, git)
  await acting.sync(staged)
  await replaceCheckout(host, place, git)
  await acting.keep(locked)
}

function asProblem(error: unknown, { folder, at }: NodePlace): Problem {
  const code = systemCode(error)
  if (error instanceof Problem) return error
  if (code === undefined) throw error
  return new Problem(
    'NODE_NOT_WRITTEN',
    { name: folder, path: errorPath(error) ?? at, code },
    { cause: error },
  )
}

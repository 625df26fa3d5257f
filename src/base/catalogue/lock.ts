import { entry } from '../entry.ts'
import { type Owner, ownerText } from '../owner.ts'

/** Problems with having the workspace for oneself. */
export const lockProblems = {
  WORKSPACE_IN_USE: entry<{ path: string; owner: Owner | undefined; isHere: boolean }>({
    kind: 'temporary',
    what: ({ path }) => `Cannot use ${path}: somebody else does.`,
    why: ({ owner, isHere }) =>
      `It is used by ${ownerText(owner)}${isHere ? `, process ${owner?.pid} in this same container` : ''}.`,
    remedy: ({ isHere }) =>
      isHere
        ? 'Ask the one that runs: comfy-init status. Or give this one a workspace of its own: COMFY_WORKSPACE=/other.'
        : 'Stop that container, or set COMFY_LOCK=wait to start when it has ended, or give this one a workspace of its own.',
  }),
  LOCK_NOT_KEPT: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot lock the workspace: ${path} takes no lock.`,
    why: ({ code }) =>
      `The filesystem answered ${code}. Nothing keeps a second container away from this workspace.`,
    remedy: ({ path }) =>
      `Look at what is there: ls -ld ${path}. A file of its own is made where nothing is. Until then start one container at a time on this workspace.`,
  }),
  LOCK_LOST: entry<{ path: string; owner: Owner | undefined; code: string | undefined; silentMs: number }>({
    kind: 'temporary',
    what: ({ path }) => `Cannot keep ${path} for this container.`,
    why: ({ owner, code, silentMs }) =>
      owner === undefined
        ? `The lock could not be renewed for ${Math.round(silentMs / 1000)} s (${code ?? 'EIO'}), so another container may take it.`
        : `It was taken over by ${ownerText(owner)}, after this one had been silent for too long.`,
    remedy: () =>
      'ComfyUI was stopped so that nothing is written twice. Look at the network or the volume, then start the container again.',
  }),
} as const

import { entry } from '../entry.ts'
import { modeText, type Person, personText } from '../ids.ts'
import { byRuntime, mountAt, startAs } from '../remedy.ts'
import { sizeText } from '../text.ts'

/** A folder that refused something: whose it is, who we are, where it lies, and the system's code. */
export type Refused = {
  readonly path: string
  readonly code: string
  readonly owner: Person
  readonly mode: number
  readonly us: Person & { readonly groups: readonly number[] }
  readonly name: string | undefined
  /** Our user as the host sees it, where that is another number. */
  readonly onHost: number | undefined
  readonly filesystem: string
}

/** Problems with the place that the workspace is. */
export const placeProblems = {
  WORKSPACE_NOT_A_MOUNT: entry<{ path: string; others: readonly string[] }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Your work in ${path} will not survive the container.`,
    why: ({ path, others }) =>
      others.length === 0
        ? `${path} is not a mount: it is deleted together with the container.`
        : `${path} is not a mount: it is deleted together with the container. Mounted are ${others.join(', ')}.`,
    remedy: ({ path, others }, runtime) =>
      [
        `Mount a volume there: ${mountAt(path, runtime)}.`,
        ...others.slice(0, 1).map((other) => `Or use the mount that is there: COMFY_WORKSPACE=${other}.`),
      ].join(' '),
  }),

  WORKSPACE_IN_MEMORY: entry<{ path: string; filesystem: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Your work in ${path} will not survive the container.`,
    why: ({ path, filesystem }) =>
      `${path} lies on ${filesystem}: it is memory, and empty after every start.`,
    remedy: ({ path }, runtime) => `Mount a volume there: ${mountAt(path, runtime)}.`,
  }),

  WORKSPACE_ONLY_PARTS_MOUNTED: entry<{ path: string; mounts: readonly string[]; owner: Person }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Only parts of ${path} are mounted, not ${path} itself.`,
    why: ({ path, mounts, owner }) =>
      `Mounted are ${mounts.join(', ')}. ${path} belongs to ${personText(owner)} inside the container; everything else in it (nodes, settings, workflows) is deleted together with the container.`,
    remedy: ({ path }, runtime) =>
      `Mount the whole: ${mountAt(path, runtime)}. Or set COMFY_SINGLE_MOUNT=off when the rest may be lost.`,
  }),

  WORKSPACE_CANNOT_BE_MADE: entry<{ path: string; us: Person }>({
    kind: 'environment',
    what: ({ path }) => `Cannot make the workspace ${path}.`,
    why: ({ path, us }) => `${path} does not exist, and ${personText(us)} cannot make it.`,
    remedy: ({ path }, runtime) =>
      `Mount a volume there: ${mountAt(path, runtime)}. Or set COMFY_WORKSPACE to a folder that exists.`,
  }),

  WORKSPACE_NOT_A_FOLDER: entry<{ path: string }>({
    kind: 'settings',
    what: ({ path }) => `Cannot use ${path} as the workspace.`,
    why: ({ path }) => `${path} is not a folder.`,
    remedy: () => 'Set COMFY_WORKSPACE to a folder.',
  }),

  WORKSPACE_NOT_WRITABLE: entry<Refused>({
    kind: 'environment',
    what: ({ path }) => `Cannot write in ${path}.`,
    why: refusedText,
    remedy: giveAway,
  }),

  WORKSPACE_READ_ONLY: entry<{ path: string; mount: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot write in ${path}.`,
    why: ({ mount }) => `${mount} is read-only (EROFS).`,
    remedy: ({ path }, runtime) => `Mount a volume there without :ro or readOnly: ${mountAt(path, runtime)}.`,
  }),

  WORKSPACE_FULL: entry<{ path: string; code: string; freeBytes: number | undefined }>({
    kind: 'environment',
    what: ({ path }) => `Cannot write in ${path}.`,
    why: ({ code, freeBytes }) =>
      code === 'EDQUOT'
        ? 'Its quota is used up (EDQUOT).'
        : `It is full (ENOSPC)${freeBytes === undefined ? '' : `: ${sizeText(freeBytes)} are free`}.`,
    remedy: ({ path }) =>
      `Free some room (du -xh --max-depth=2 ${path} | sort -h | tail shows what is large), or make the volume larger.`,
  }),

  WORKSPACE_CANNOT_RENAME: entry<Refused>({
    kind: 'environment',
    what: ({ path }) => `Cannot rename files in ${path}.`,
    why: refusedText,
    remedy: ({ path }, runtime) =>
      `Put the workspace on a filesystem of Linux (ext4, xfs, btrfs, zfs, NFS): ${mountAt(path, runtime)}.`,
  }),

  WORKSPACE_WITHOUT_LINKS: entry<{ path: string; code: string; filesystem: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot make symlinks in ${path}.`,
    why: ({ code, filesystem }) =>
      `Its filesystem (${filesystem}) refuses them (${code}). ComfyUI moved there would lose its own, and model folders that ComfyUI has no category for cannot be linked.`,
    remedy: () =>
      'Put the workspace on a filesystem of Linux (ext4, xfs, btrfs, zfs, NFS), or set COMFY_ADOPT=link so that ComfyUI stays in the image.',
  }),

  WORKSPACE_NOEXEC: entry<{ path: string; mount: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Nodes cannot run programs from ${path}.`,
    why: ({ mount }) => `${mount} is mounted noexec; compiled parts of nodes cannot be loaded from there.`,
    remedy: ({ path }) =>
      `Mount its filesystem with exec on the host: sudo mount -o remount,exec /srv; a tmpfs with --tmpfs ${path}:exec.`,
  }),

  NO_ROOM: entry<{ path: string; needBytes: number; freeBytes: number; moves: boolean }>({
    kind: 'environment',
    what: ({ path, moves }) =>
      moves ? `Cannot move ComfyUI into ${path}.` : `Cannot start with so little room in ${path}.`,
    why: ({ needBytes, freeBytes }) =>
      `${sizeText(needBytes)} are needed and ${sizeText(freeBytes)} are free.`,
    remedy: ({ needBytes, freeBytes, moves }) =>
      moves
        ? `Free ${sizeText(needBytes - freeBytes)}, or set COMFY_ADOPT=link: ComfyUI then stays in the image and only its state lies in the workspace.`
        : `Free ${sizeText(needBytes - freeBytes)}, or make the volume larger.`,
  }),

  NO_INODES: entry<{ path: string; needFiles: number; freeFiles: number; moves: boolean }>({
    kind: 'environment',
    what: ({ path, moves }) =>
      moves ? `Cannot move ComfyUI into ${path}.` : `Cannot make more files in ${path}.`,
    why: ({ needFiles, freeFiles }) =>
      `${needFiles} files are to be made and its filesystem has ${freeFiles} inodes left.`,
    remedy: ({ moves }) =>
      moves
        ? 'Remove small files (df -i shows the inodes), or set COMFY_ADOPT=link: ComfyUI then stays in the image.'
        : 'Remove small files (df -i shows the inodes), or use a volume with more inodes.',
  }),
} as const

function refusedText({ path, code, owner, mode, us, name, onHost, filesystem }: Refused): string {
  const groups = us.groups.length === 0 ? '' : ` with groups ${us.groups.join(', ')}`
  return [
    `${path} belongs to ${personText(owner)}, mode ${modeText(mode)}, on ${filesystem};`,
    `ComfyUI runs as ${personText(us, name)}${groups} and is refused (${code}).`,
    ...(onHost === undefined
      ? []
      : [`A user namespace is in use: user ${us.uid} of the container is user ${onHost} of the host.`]),
  ].join(' ')
}

function giveAway({ path, owner, us, onHost }: Refused, runtime: Parameters<typeof byRuntime>[0]): string {
  const person = `${us.uid}:${us.gid}`
  const host = onHost === undefined ? person : `${onHost}:${onHost - us.uid + us.gid}`
  const own = `Give the folder away on the host: sudo chown -R ${host} /srv/comfy (the folder that is mounted at ${path}).`
  const give = byRuntime(runtime, {
    docker: own,
    podman: `Give the folder away: podman unshare chown -R ${person} /srv/comfy (the folder that is mounted at ${path}), or add --userns=keep-id:uid=${us.uid},gid=${us.gid}.`,
    kubernetes: `Give it to the pod, in its securityContext: fsGroup: ${us.gid}.`,
    runpod: `Run in the pod’s terminal: chown -R ${person} ${path}.`,
    none: `Run: sudo chown -R ${person} ${path}.`,
  })
  return owner.uid === 0 ? give : `${give} Or run as its owner: ${startAs(owner, runtime)}.`
}

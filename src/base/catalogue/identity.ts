import { entry, type Runtime } from '../entry.ts'
import { type Person, personText } from '../ids.ts'
import { byRuntime, startAs } from '../remedy.ts'

/** What keeps this process from becoming somebody else. */
export type Obstacle =
  | { readonly kind: 'capabilities' }
  /** The user namespace has no such user; `holds` are those it has. */
  | { readonly kind: 'unmapped'; readonly uid: number; readonly holds: string }
  /** The system said no with this code. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The system said yes, and these are the ids afterwards. */
  | { readonly kind: 'unchanged'; readonly now: string }

/** Problems with who runs. */
export const identityProblems = {
  IDENTITY_NOT_GIVEN: entry<Record<string, never>>({
    kind: 'settings',
    what: () => 'Cannot enforce an identity that is not given.',
    why: () => 'COMFY_IDENTITY=enforce is set and COMFY_UID is not.',
    remedy: () => 'Set COMFY_UID=1024 COMFY_GID=1024 (your ids), or COMFY_IDENTITY=adapt.',
  }),

  IDENTITY_REFUSED: entry<{
    us: Person
    name: string | undefined
    wanted: Person
    onHost: number | undefined
  }>({
    kind: 'environment',
    what: ({ us, name }) => `Cannot run as ${personText(us, name)}.`,
    why: ({ us, wanted, onHost }) =>
      [
        `COMFY_IDENTITY=enforce allows only ${personText(wanted)}, as COMFY_UID and COMFY_GID say.`,
        ...(onHost === undefined
          ? []
          : [`A user namespace is in use: user ${us.uid} of the container is user ${onHost} of the host.`]),
      ].join(' '),
    remedy: ({ us, wanted }, runtime) =>
      [
        `Start it as ${personText(wanted)}: ${startAs(wanted, runtime)}.`,
        ...(us.uid === 0 && runtime !== 'runpod'
          ? [`Or set COMFY_IDENTITY=adapt: started as root, comfy-init then becomes ${personText(wanted)}.`]
          : []),
      ].join(' '),
  }),

  IDENTITY_CANNOT_CHANGE: entry<{ us: Person; wanted: Person; obstacle: Obstacle }>({
    kind: 'environment',
    what: ({ wanted }) => `Cannot become ${personText(wanted)}.`,
    why: ({ us, obstacle }) => `Running as ${personText(us)}. ${obstacleText(obstacle)}`,
    remedy: ({ wanted, obstacle }, runtime) =>
      [
        wayRound(obstacle, runtime),
        ...(obstacle.kind === 'unmapped' ? [] : [`Or start it as that user: ${startAs(wanted, runtime)}.`]),
        'Or unset COMFY_UID and COMFY_GID.',
      ].join(' '),
  }),

  IDENTITY_STAYS_ROOT: entry<{ us: Person; obstacle: Obstacle }>({
    kind: 'environment',
    level: 'warning',
    what: ({ us }) => `ComfyUI will run as ${personText(us)}.`,
    why: ({ obstacle }) => obstacleText(obstacle),
    remedy: ({ obstacle }, runtime) =>
      `${wayRound(obstacle, runtime)} Or start it as an ordinary user: ${startAs({ uid: 1000, gid: 1000 }, runtime)}.`,
  }),

  IDENTITY_AS_STARTED: entry<{
    us: Person
    name: string | undefined
    wanted: Person
    onHost: number | undefined
  }>({
    kind: 'environment',
    level: 'warning',
    what: ({ us, name, wanted }) =>
      `ComfyUI will run as ${personText(us, name)}, not as ${personText(wanted)}.`,
    why: ({ us, onHost }) =>
      [
        `The container was started as user ${us.uid}, and only root can become somebody else.`,
        ...(onHost === undefined
          ? []
          : [`A user namespace is in use: user ${us.uid} of the container is user ${onHost} of the host.`]),
      ].join(' '),
    remedy: ({ wanted }, runtime) =>
      `Start it as ${personText(wanted)}: ${startAs(wanted, runtime)}. Or start it as root. Or unset COMFY_UID and COMFY_GID.`,
  }),
} as const

function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'capabilities':
      return 'CAP_SETUID or CAP_SETGID is missing, or this user namespace forbids to change groups.'
    case 'unmapped':
      return `User ${obstacle.uid} does not exist in this user namespace, which holds ${obstacle.holds}.`
    case 'refused':
      return `The system refuses with ${obstacle.code}.`
    case 'unchanged':
      return `The system reports success, and the ids are ${obstacle.now}.`
  }
}

// KILL: the init stays root, and hands TERM on to a program that is not.
function wayRound(obstacle: Obstacle, runtime: Runtime): string {
  if (obstacle.kind === 'unmapped')
    return `Give COMFY_UID and COMFY_GID ids that exist (${obstacle.holds}), or more ids to the container (/etc/subuid on the host).`
  return byRuntime(runtime, {
    docker: 'Allow the change: docker run --cap-add SETUID --cap-add SETGID --cap-add KILL.',
    podman: 'Allow the change: podman run --cap-add SETUID --cap-add SETGID --cap-add KILL.',
    kubernetes:
      'Allow the change, in the container’s securityContext: capabilities: add: [SETUID, SETGID, KILL].',
    runpod: 'Remove what takes capabilities from the pod.',
    none: 'Start it with CAP_SETUID, CAP_SETGID and CAP_KILL.',
  })
}

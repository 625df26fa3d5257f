import { dirname } from 'node:path'

/** A folder of the host seen inside the container. */
export type Volume = {
  readonly from: string
  readonly at: string
  readonly readOnly?: boolean
  readonly noExec?: boolean
}

/** A container as a runtime would make it: an overlay root over this machine's own, chosen user and capabilities. */
export type ContainerSpec = {
  /** Folder on a tmpfs that holds `image` (the image's own layer) and each container's writable layer. */
  readonly folder: string
  /** Name of the container; the same name again is a restart with the same writable layer. */
  readonly name: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly volumes: readonly Volume[]
  /** `uid:gid`, as docker run --user. */
  readonly user?: string | undefined
  /** Supplementary groups, as docker run --group-add. */
  readonly groups?: readonly number[] | undefined
  readonly dropCapabilities?: boolean | undefined
  readonly readOnlyRoot?: boolean | undefined
  /** Keeps the machine's own init programs visible. */
  readonly init?: boolean | undefined
  /** Brings loopback up in a network namespace of its own. */
  readonly offline?: boolean | undefined
}

/** Inits of the machine that are hidden, so that what comfy-init brings along is what runs. */
const INITS = [
  '/usr/bin/tini',
  '/usr/bin/tini-static',
  '/usr/bin/dumb-init',
  '/usr/bin/catatonit',
  '/usr/libexec/podman/catatonit',
  '/usr/bin/docker-init',
  '/usr/sbin/docker-init',
] as const

/** The sh script that builds the container's root and becomes its command; to be run in new PID and mount namespaces. */
export function containerScript(spec: ContainerSpec): string {
  const root = `${spec.folder}/root`
  const own = `${spec.folder}/${spec.name}`
  const layers = [...(spec.init ? [] : [`${spec.folder}/hidden`]), `${spec.folder}/image`, '/'].join(':')
  return [
    'set -e',
    `mkdir -p ${root} ${own}/upper ${own}/work ${spec.folder}/hidden`,
    ...(spec.init ? [] : INITS.map((path) => hide(`${spec.folder}/hidden${path}`, path))),
    `mount -t overlay overlay -o lowerdir=${layers},upperdir=${own}/upper,workdir=${own}/work ${root}`,
    `mount -t proc proc ${root}/proc`,
    `mount --rbind /dev ${root}/dev`,
    `mount -t tmpfs -o nosuid,nodev,noexec tmpfs ${root}/dev/shm`,
    `mount -t tmpfs -o nosuid,nodev,mode=1777${spec.readOnlyRoot ? ',noexec' : ''} tmpfs ${root}/tmp`,
    ...spec.volumes.flatMap((volume) => mountLines(root, volume)),
    ...(spec.readOnlyRoot ? [`mount -o remount,ro,bind ${root}`] : []),
    ...(spec.offline ? ['ip link set lo up'] : []),
    `exec chroot ${root} ${[...privileges(spec), ...spec.command].map(quote).join(' ')}`,
  ].join('\n')
}

// A character device 0:0 in an upper layer is overlayfs's way to say «not there».
function hide(marker: string, path: string): string {
  return `if [ -e ${path} ] && [ ! -e ${marker} ]; then mkdir -p ${dirname(marker)} && mknod ${marker} c 0 0; fi`
}

function mountLines(root: string, { from, at, readOnly, noExec }: Volume): readonly string[] {
  const flags = [...(readOnly ? ['ro'] : []), ...(noExec ? ['noexec'] : [])]
  return [
    `[ -e ${root}${at} ] || mkdir -p ${root}${at}`,
    `mount --bind ${from} ${root}${at}`,
    ...(flags.length === 0 ? [] : [`mount -o remount,bind,${flags.join(',')} ${root}${at}`]),
  ]
}

function privileges({ env, user, groups, dropCapabilities }: ContainerSpec): readonly string[] {
  const [uid, gid] = user?.split(':') ?? []
  const setpriv = [
    ...(uid === undefined ? [] : [`--reuid=${uid}`, `--regid=${gid ?? uid}`]),
    ...(groups === undefined
      ? uid === undefined
        ? []
        : ['--clear-groups']
      : [`--groups=${groups.join(',')}`]),
    ...(dropCapabilities ? ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'] : []),
  ]
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return [...(setpriv.length === 0 ? [] : ['setpriv', ...setpriv]), 'env', '-i', ...variables]
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

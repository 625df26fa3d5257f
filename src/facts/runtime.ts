import type { Runtime } from '../base/entry.ts'
import type { Host } from '../host/host.ts'
import type { Mount } from './facts.ts'
import { parseMounts } from './mounts.ts'
import { orAbsent } from './or-absent.ts'

/** What the program runs under, and the mounts it sees. */
export type Surroundings = {
  readonly runtime: Runtime
  readonly inContainer: boolean
  readonly mounts: readonly Mount[]
}

/** Reads what the program runs under from marker files, environment, cgroup and PID 1. */
export async function lookSurroundings(host: Host): Promise<Surroundings> {
  const read = (path: string) => orAbsent(host.fs.readText(path))
  const exists = async (path: string) => (await orAbsent(host.fs.look(path))) !== undefined
  const [mountinfo, cgroup, init, dockerenv, containerenv, serviceAccount] = await Promise.all([
    read('/proc/self/mountinfo'),
    read('/proc/self/cgroup'),
    read('/proc/1/comm'),
    exists('/.dockerenv'),
    exists('/run/.containerenv'),
    exists('/var/run/secrets/kubernetes.io/serviceaccount'),
  ])
  const runtime = runtimeOf({ env: host.env, dockerenv, containerenv, serviceAccount })
  return {
    runtime,
    inContainer:
      runtime !== 'none' ||
      isNamedByManager(host.env.container) ||
      isContainerCgroup(cgroup ?? '') ||
      host.self.pid === 1 ||
      CONTAINER_INITS.has((init ?? '').trim()),
    mounts: parseMounts(mountinfo ?? ''),
  }
}

/** What tells the runtimes apart. */
export type Signs = {
  readonly env: Host['env']
  readonly dockerenv: boolean
  readonly containerenv: boolean
  readonly serviceAccount: boolean
}

/** The runtime that these signs speak for; the more special one first, since RunPod and Kubernetes run Docker images. */
export function runtimeOf({ env, dockerenv, containerenv, serviceAccount }: Signs): Runtime {
  if (env.RUNPOD_POD_ID) return 'runpod'
  if (env.KUBERNETES_SERVICE_HOST || serviceAccount) return 'kubernetes'
  if (containerenv || env.container === 'podman') return 'podman'
  return dockerenv || env.container === 'docker' ? 'docker' : 'none'
}

/**
 * Whether a line of /proc/self/cgroup lies in a container's group. Names of a container, not of the daemon that
 * makes them: the daemon's own service runs on the host.
 */
export function isContainerCgroup(text: string): boolean {
  return /\/docker\/[0-9a-f]{12}|docker-[0-9a-f]{12}|\/kubepods|libpod-[0-9a-f]{12}|cri-containerd-|crio-[0-9a-f]{12}|\/lxc[./]/.test(
    text,
  )
}

// The program that hands over to one of these as PID 1 is our parent then; no machine boots with one.
const CONTAINER_INITS = new Set([
  ...['tini', 'tini-static', 'docker-init', 'dumb-init', 'catatonit', 's6-svscan', 'comfy-init', 'pause'],
  ...['sh', 'dash', 'bash', 'ash'],
])

// systemd's convention for containers; flatpak uses it for programs of an ordinary desktop.
function isNamedByManager(container: string | undefined): boolean {
  return container !== undefined && container !== '' && container !== 'flatpak'
}

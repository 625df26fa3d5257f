import { Problem } from '../../base/problem.ts'
import type { Facts, Mount } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { isInside } from './inside.ts'

const IN_MEMORY = new Set(['tmpfs', 'ramfs'])

/** Mount points that runtimes and drivers make by themselves; a volume of a person's does not lie there. */
const NOT_VOLUMES = [
  ...['/proc', '/sys', '/dev', '/etc', '/run', '/var', '/tmp', '/usr', '/bin', '/sbin', '/lib', '/lib64'],
  ...['/boot', '/root', '/opt'],
]

/** In a container, what is not on a mount is lost with it: said for the whole workspace, or for all but its mounted parts. */
export function checkMounts(settings: Settings, facts: Facts): readonly Problem[] {
  const { path, mount, isMount, mountsInside } = facts.workspace
  if (!facts.inContainer) return []
  if (mount !== undefined && IN_MEMORY.has(mount.filesystem))
    return [new Problem('WORKSPACE_IN_MEMORY', { path, filesystem: mount.filesystem })]
  if (isMount || (mount !== undefined && mount.point !== '/')) return []
  if (mountsInside.length > 0) return onlyParts(settings, facts)
  return [new Problem('WORKSPACE_NOT_A_MOUNT', { path, others: volumes(settings, facts) })]
}

function onlyParts({ singleMount }: Settings, { workspace }: Facts): readonly Problem[] {
  if (singleMount === 'off') return []
  const owner = workspace.entry ?? { uid: 0, gid: 0 }
  const details = {
    path: workspace.path,
    mounts: workspace.mountsInside,
    owner: { uid: owner.uid, gid: owner.gid },
  }
  const level = singleMount === 'enforce' ? 'blocking' : 'warning'
  return [new Problem('WORKSPACE_ONLY_PARTS_MOUNTED', details, { level })]
}

// What a person mounted at another place than the one in use, most often where another image wants it.
function volumes(settings: Settings, { mounts, tiers }: Facts): readonly string[] {
  const { shared, home, inputFolder, outputFolder, cacheFolder, nodesFolder } = settings
  const named = [
    shared,
    home,
    inputFolder,
    outputFolder,
    cacheFolder,
    nodesFolder,
    ...tiers.map(({ path }) => path),
  ]
  const inUse = named.filter((path) => path !== undefined)
  const isVolume = ({ point, readOnly, filesystem }: Mount) =>
    point !== '/' &&
    !readOnly &&
    !IN_MEMORY.has(filesystem) &&
    !NOT_VOLUMES.some((folder) => isInside(point, folder)) &&
    !inUse.some((folder) => isInside(point, folder) || isInside(folder, point))
  return mounts.filter(isVolume).map(({ point }) => point)
}

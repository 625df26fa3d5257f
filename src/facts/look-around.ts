import type { Host } from '../host/host.ts'
import { allOf } from './all-of.ts'
import { lookLinks } from './broken-links.ts'
import type { Facts } from './facts.ts'
import { lookFirst } from './first-look.ts'
import { lookFolders } from './folders.ts'
import { lookForeign } from './foreign-layout.ts'
import { lookDevices } from './gpu.ts'
import { lookImage, lookLostImage, lookVacantHome } from './image.ts'
import { lookLimits } from './limits.ts'
import { lookModels } from './models-folders.ts'
import { lookNodeRecords } from './node-records.ts'
import { lookNodes } from './nodes-folders.ts'
import { lookHome, lookJupyterToken, lookModelPaths } from './own-files.ts'
import { lookPackages } from './packages.ts'
import { pathsToLookAt } from './paths.ts'
import { lookPorts } from './ports.ts'
import type { Sought } from './sought.ts'
import { lookTiers } from './tiers.ts'
import { lookTrees } from './trees.ts'
import { lookTreeVenv } from './venvs.ts'
import { lookWorkspace } from './workspace.ts'

/**
 * Reads the machine. Acts as the identity we started with for the first look, then as the target, which it leaves in
 * force. Changes nothing but what trying needs, which is gone again, and the kept answer about the GPU. `before` are
 * the facts of the round before: by them it knows that we have become the target since.
 */
export async function lookAround(host: Host, sought: Sought, before?: Facts): Promise<Facts> {
  host.users.actAs(undefined)
  const first = await lookFirst(host, sought, before)
  const { runtime, inContainer, mounts, who, layout, place } = first
  if (who.canChange) host.users.actAs(who.target)

  const { fs } = host
  const trees = lookTrees(fs, sought, first)
  const paths = pathsToLookAt(sought, layout, place)
  const devicesFound = lookDevices(host, sought, first)
  const { homeIsUsable, devices, ...found } = await allOf({
    adopted: trees.then(({ adopted }) => adopted),
    workspace: trees.then((found) => lookWorkspace(fs, first, found)),
    image: trees.then((found) => lookImage(fs, first, { trees: found, before: before?.image })),
    lostImage: trees.then((found) => lookLostImage(fs, sought.home, found)),
    vacantHome: trees.then((found) => lookVacantHome(fs, sought.home, found)),
    foreign: trees.then((found) => lookForeign(fs, sought, { first, trees: found })),
    brokenLinks: trees.then((found) => lookLinks(fs, sought, { first, trees: found })),
    devices: devicesFound,
    treeVenv: devicesFound.then(({ python }) => lookTreeVenv(fs, layout, python)),
    tiers: lookTiers(fs, sought, mounts),
    nodes: lookNodes(fs, paths.nodes),
    nodeRecords: lookNodeRecords(fs, sought, layout),
    packages: devicesFound.then(({ python }) =>
      lookPackages(fs, sought, { layout, python, arch: host.self.arch }),
    ),
    models: lookModels(fs, paths.models),
    folders: lookFolders(fs, paths.folders),
    modelPathsText: lookModelPaths(fs, layout),
    jupyterTokenFile: lookJupyterToken(fs, layout),
    homeIsUsable: lookHome(fs, who, mounts),
    // Only the first look counts: by the second our own doors hold theirs.
    ports: before?.ports ?? lookPorts(host.net, sought),
    limits: lookLimits(host),
  })
  const nowMs = host.clock.now()
  return {
    ...{ runtime, inContainer, mounts, arch: host.self.arch },
    who: { ...who, homeIsUsable },
    ...devices,
    ...found,
    sinceMs: before?.sinceMs ?? nowMs,
    nowMs,
  }
}

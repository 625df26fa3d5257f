import type { ServiceSpec } from '../base/service.ts'
import type { Facts } from '../facts/facts.ts'
import { canBeNamed, changedAt, nodesIn } from '../facts/newest-node.ts'
import { type AboutNodes, currentImports, nodeFolders } from '../features/node-check/asked.ts'
import { leftOut, leftOutByImport } from '../features/node-check/left-out.ts'
import { withNodes } from '../features/node-check/trial-arguments.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'

/**
 * Nodes that ComfyUI is started without now, by folder, with why. What did not import and was changed since, or whose packages
 * were, is given another chance: the record of the import is of an earlier content.
 */
export async function leaveNow(
  { fs }: Pick<Host, 'fs'>,
  settings: Settings,
  about: AboutNodes & { readonly facts: Facts },
): Promise<ReadonlyMap<string, string>> {
  const { facts, places, wanted } = about
  const all = leftOut(settings, facts, about)
  const record = currentImports(settings, facts, about)
  if (all.size === 0 || record === undefined) return all
  const overlayMs = facts.packages?.current?.record.atMs ?? 0
  const byImport = leftOutByImport(record, wanted)
  const isMended = async (name: string) => {
    if (!byImport.has(name) || all.get(name) !== byImport.get(name)) return false
    const folders = nodeFolders(settings, places)
    const times = await Promise.all(folders.map((folder) => changedAt(fs, `${folder}/${name}`)))
    return Math.max(overlayMs, ...times) > record.atMs
  }
  const mended = await Promise.all([...all.keys()].map(isMended))
  return new Map([...all].filter((_, at) => !mended[at]))
}

/** ComfyUI without these nodes, and with all others that are there now: also with what was added a minute ago. */
export async function without(
  { fs }: Pick<Host, 'fs'>,
  spec: ServiceSpec,
  { leave, folders }: { readonly leave: ReadonlyMap<string, string>; readonly folders: readonly string[] },
): Promise<ServiceSpec> {
  if (leave.size === 0) return spec
  const names = [...new Set((await Promise.all(folders.map((folder) => nodesIn(fs, folder)))).flat())]
  const left = new Set([...leave.keys()].map((name) => name.toLowerCase()))
  const kept = names.filter((name) => !left.has(name.toLowerCase()))
  if (kept.length === names.length) return spec
  return { ...spec, args: withNodes(spec.args, kept.filter(canBeNamed)) }
}

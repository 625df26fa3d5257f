import type { ImportRecord, NodeImport } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import { changedAt } from '../../facts/newest-node.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import { parseImports } from '../../facts/parse-node-records.ts'
import type { Host } from '../../host/host.ts'
import type { Checking } from './check-imports.ts'

const LINE = 'comfy-init itself was ended, again and again, while nodes were imported on trial'

/**
 * What is kept where nodes are not tried any more, since every try ended comfy-init: it would end with the ComfyUI that it starts,
 * too. Without the nodes that came or changed since the last check it starts; without all where none did.
 */
export async function outcomeOfNone(
  { fs }: Pick<Host, 'fs'>,
  { folders, importsFile, logFile, canLeaveOut }: Checking,
  names: readonly string[],
): Promise<Pick<ImportRecord, 'nodes' | 'failure'>> {
  const before = parseImports(await orAbsent(fs.readText(importsFile)))
  const changed = await Promise.all(
    names.map(async (name) => {
      const times = await Promise.all(folders.map((folder) => changedAt(fs, `${folder}/${name}`)))
      return before?.nodes[name] === undefined || Math.max(...times) > before.atMs
    }),
  )
  const suspects = changed.includes(true) ? names.filter((_, at) => changed[at]) : names
  const nodes = names.map((name): [string, NodeImport] => {
    const known = before?.nodes[name]
    if (canLeaveOut && suspects.includes(name)) return [name, SUSPECT]
    return [name, known?.result === 'breaks-start' ? known : UNKNOWN]
  })
  const without = canLeaveOut && suspects.length > 0 ? shortList(suspects) : undefined
  const details = { line: LINE, newest: undefined, without, log: logFile }
  return {
    nodes: Object.fromEntries(nodes),
    failure: failureOf(new Problem('NODE_CHECK_UNDECIDED', details), false),
  }
}

const SUSPECT: NodeImport = { result: 'breaks-start', line: LINE, seconds: undefined }
const UNKNOWN: NodeImport = { result: 'not-loaded', line: undefined, seconds: undefined }

import type { Places } from '../../../base/layout.ts'
import { errorPath, Problem, systemCode } from '../../../base/problem.ts'
import type { TellProgress } from '../../../engine/plan.ts'
import type { Host } from '../../../host/host.ts'
import { gitFor } from '../git.ts'
import { checkOutOne } from './check-out-one.ts'
import { openRecords } from './keep-records.ts'
import { syncerOf } from './sync-staged.ts'
import type { CheckOutSettings, ToCheckOut } from './to-check-out.ts'
import { inTurns } from './together.ts'

/** Nodes to get, and how. */
export type ManyNodes = {
  readonly nodes: readonly ToCheckOut[]
  readonly places: Places
  readonly settings: CheckOutSettings
  readonly tell: TellProgress
  readonly signal: AbortSignal
  readonly onNote?: (note: string) => void
}

/** Gets all of them, a few at a time, and writes down what came of each. Throws only where that could not be written. */
export async function checkOutAll(host: Host, many: ManyNodes): Promise<'done' | 'not-needed'> {
  const { nodes, places, settings, tell, signal } = many
  const { layout, customNodes } = places
  const git = gitFor(host, { home: layout.personHome, signal, credentials: settings.gitCredentials })
  try {
    await host.fs.makeFolder(customNodes)
    const records = await openRecords(host, layout)
    const about = {
      ...{ ...many, layout, customNodes, records, git },
      silent: new Set<string>(),
      sync: syncerOf(host, customNodes, signal),
      turn: inTurns(WIDTH),
    }
    let done = 0
    const results = await allOf(nodes, async (node) => {
      const result = await checkOutOne(host, node, about)
      done++
      tell({ bytes: NONE, files: NONE, nodes: { done, total: nodes.length } })
      return result
    })
    const fault = records.fault()
    if (fault !== undefined) throw new Problem('NODES_NOT_KEPT', fault)
    return results.includes('done') ? 'done' : 'not-needed'
  } catch (error) {
    signal.throwIfAborted()
    const code = systemCode(error)
    if (error instanceof Problem || code === undefined) throw error
    throw new Problem('NODES_NOT_KEPT', { path: errorPath(error) ?? customNodes, code }, { cause: error })
  }
}

const NONE = { done: 0, total: 0 }

/** Each waits for its server most of the time; so many keep two cores busy. */
const WIDTH = 8

// All come to their end even where one fails: nothing is to go on in the background afterwards.
async function allOf<T, Result>(
  items: readonly T[],
  act: (item: T) => Promise<Result>,
): Promise<readonly Result[]> {
  const ended = await Promise.allSettled(items.map(act))
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason
    return each.value
  })
}

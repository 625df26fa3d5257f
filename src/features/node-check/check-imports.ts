import type { ImportRecord } from '../../base/node.ts'
import { canBeNamed, nodesIn } from '../../facts/newest-node.ts'
import type { Host } from '../../host/host.ts'
import { findBreakers } from './find-breakers.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { type Trial, type Trying, tryNodes } from './trial.ts'
import { trialLog } from './trial-log.ts'

/** A check of imports: what is tried, and what for. */
export type Checking = Trying & {
  /** File for what ComfyUI printed. */
  readonly logFile: string
  /** File for what came of it. */
  readonly importsFile: string
  /** Digest that it is kept under. */
  readonly asked: string
  /** Nodes that are not to be loaded, in lower case. */
  readonly leave: ReadonlySet<string>
  /** Results of some of those, which the record takes over. */
  readonly known?: ImportRecord['nodes']
  /** ComfyUI can be started without some of its nodes. */
  readonly canLeaveOut: boolean
  /** For one trial, and for all of them; milliseconds. */
  readonly limitMs: number
  readonly totalMs: number
}

/** A pending installation of ComfyUI-Manager is done by a start that then asks for another one; so often it may. */
const MOST_RESTARTS = 3

/** Where nodes hang, a trial is not waited for to its limit, but no machine is so slow that it needs longer; milliseconds. */
const SHORT_MS = 60_000

/** With less time than this no further trial is begun, milliseconds. */
const LEAST_MS = 5000

/**
 * Has ComfyUI load its nodes and end. Where it does not come to that, looks for the nodes that keep it from it. Keeps what came
 * of it under `importsFile`, as the last thing: a crash before leaves the record as it was, and a scratch folder that the
 * next check removes. Throws the system's error when ComfyUI cannot be started, and the signal's reason.
 */
export async function checkImports(host: Host, checking: Checking): Promise<ImportRecord> {
  const startMs = host.clock.monotonicMs()
  const names = await namesToLoad(host, checking)
  const log = trialLog(host, checking.logFile)
  try {
    const trials = attempts(host, checking, { startMs, keep: log.keep })
    const outcome = await outcomeOf(host, checking, { names, ...(await tryAll(checking, names, trials)) })
    const record: ImportRecord = {
      version: 1,
      asked: checking.asked,
      ...outcome,
      nodes: { ...checking.known, ...outcome.nodes },
      atMs: host.clock.now(),
      ms: Math.round(host.clock.monotonicMs() - startMs),
    }
    await log.write()
    await host.fs.write(checking.importsFile, `${JSON.stringify(record, undefined, 1)}\n`)
    return record
  } finally {
    await host.fs.remove(checking.scratch).catch(() => {})
  }
}

/** Names that ComfyUI would load, but for those that are left out. */
async function namesToLoad({ fs }: Host, { folders, leave }: Checking): Promise<readonly string[]> {
  const found = await Promise.all(folders.map((folder) => nodesIn(fs, folder)))
  return [...new Set(found.flat())].filter((name) => !leave.has(name.toLowerCase()))
}

type Trials = ReturnType<typeof attempts>

async function tryAll(
  { leave, canLeaveOut }: Checking,
  names: readonly string[],
  trials: Trials,
): Promise<Pick<Outcome, 'first' | 'search'>> {
  const named = names.filter(canBeNamed)
  const first = await trials.first(canLeaveOut && leave.size > 0 ? named : undefined)
  if (first.isThrough || first.wantsAgain || !canLeaveOut) return { first, search: undefined }
  return { first, search: await findBreakers(named, first, trials.attempt) }
}

type Keeping = { readonly startMs: number; readonly keep: (what: string, trial: Trial) => void }

function attempts(host: Host, checking: Checking, { startMs, keep }: Keeping) {
  const { limitMs, totalMs } = checking
  let isSlow = false
  const mostMs = () => (isSlow ? Math.min(limitMs, Math.max(SHORT_MS, limitMs / 4)) : limitMs)
  const leftMs = () => totalMs - (host.clock.monotonicMs() - startMs)
  const attempt = async (nodes: readonly string[] | undefined, isTalkative: boolean) => {
    const trial = await tryNodes(host, checking, {
      nodes,
      isTalkative,
      limitMs: Math.min(mostMs(), Math.max(LEAST_MS, leftMs())),
    })
    keep(nodes === undefined ? 'with all nodes' : `with ${nodes.length} nodes: ${nodes.join(' ')}`, trial)
    return trial
  }
  return {
    first: async (nodes: readonly string[] | undefined): Promise<Trial> => {
      for (let start = 1; ; start++) {
        const trial = await attempt(nodes, false)
        isSlow = trial.isTimeOut
        if (!trial.wantsAgain || start === MOST_RESTARTS) return trial
      }
    },
    attempt: async (nodes: readonly string[]): Promise<Trial | undefined> => {
      if (leftMs() < LEAST_MS) return undefined
      const isShort = leftMs() < mostMs()
      const trial = await attempt(nodes, true)
      // Cut by the end of all trials it says nothing.
      return trial.isTimeOut && isShort ? undefined : trial
    },
  }
}

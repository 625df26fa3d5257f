import type { ImportRecord } from '../../base/node.ts'
import { canBeNamed, nodesIn } from '../../facts/newest-node.ts'
import type { Host } from '../../host/host.ts'
import { type Attempt, findBreakers } from './find-breakers.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { outcomeOfNone } from './outcome-of-none.ts'
import type { Overlaid } from './shadows.ts'
import { type Trial, type Trying, tryNodes } from './trial.ts'
import { trialLog } from './trial-log.ts'
import { begin, over } from './trying.ts'

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
  /** ComfyUI with the image's own Python, and the overlay that it is then without. */
  readonly plain?: { readonly service: Trying['service']; readonly overlaid: Overlaid } | undefined
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
  const isBegun = await begin(host, checking)
  try {
    const trials = attempts(host, checking, { startMs, keep: log.keep })
    const outcome = isBegun
      ? await outcomeOf(host, checking, { names, ...(await tryAll(checking, names, trials)) })
      : await outcomeOfNone(host, checking, names)
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
    await over(host, checking)
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
  { leave, canLeaveOut, plain }: Checking,
  names: readonly string[],
  trials: Trials,
): Promise<Omit<Outcome, 'names'>> {
  const named = names.filter(canBeNamed)
  const first = await trials.first(canLeaveOut && leave.size > 0 ? named : undefined)
  if (first.isThrough || first.wantsAgain) return { first, search: undefined }
  const search = canLeaveOut ? await findBreakers(named, first, (nodes) => trials.attempt(nodes)) : undefined
  if (plain === undefined || (canLeaveOut && search?.result !== 'not-the-nodes')) return { first, search }
  const attempt: Attempt = (nodes) => trials.attempt(nodes, plain.service)
  const none = await trials.attempt(canLeaveOut ? [] : undefined, plain.service)
  if (none?.isThrough !== true) return { first, search }
  return { first, search, plainly: await tryPlainly({ named, none, canLeaveOut, attempt }) }
}

type Plainly = {
  readonly named: readonly string[]
  readonly none: Trial
  readonly canLeaveOut: boolean
  readonly attempt: Attempt
}

// The overlay is at fault; of the nodes some break the start without their packages.
async function tryPlainly({ named, none, canLeaveOut, attempt }: Plainly): Promise<Omit<Outcome, 'names'>> {
  const all = canLeaveOut && named.length > 0 ? await attempt(named) : none
  if (all === undefined) return { first: none, search: undefined }
  return { first: all, search: all.isThrough ? undefined : await findBreakers(named, all, attempt) }
}

type Keeping = { readonly startMs: number; readonly keep: (what: string, trial: Trial) => void }

function attempts(host: Host, checking: Checking, { startMs, keep }: Keeping) {
  const { limitMs, totalMs } = checking
  let isSlow = false
  const mostMs = () => (isSlow ? Math.min(limitMs, Math.max(SHORT_MS, limitMs / 4)) : limitMs)
  const leftMs = () => totalMs - (host.clock.monotonicMs() - startMs)
  const tryOnce = async (nodes: readonly string[] | undefined, service = checking.service) => {
    const trying = { ...checking, service }
    const trial = await tryNodes(host, trying, {
      nodes,
      limitMs: Math.min(mostMs(), Math.max(LEAST_MS, leftMs())),
    })
    const how = service === checking.service ? '' : 'with the image’s own Python, '
    keep(
      `${how}${nodes === undefined ? 'with all nodes' : `with ${nodes.length} nodes: ${nodes.join(' ')}`}`,
      trial,
    )
    return trial
  }
  return {
    first: async (nodes: readonly string[] | undefined): Promise<Trial> => {
      for (let start = 1; ; start++) {
        const trial = await tryOnce(nodes)
        isSlow = trial.isTimeOut
        if (!trial.wantsAgain || start === MOST_RESTARTS) return trial
      }
    },
    attempt: async (
      nodes: readonly string[] | undefined,
      service?: Trying['service'],
    ): Promise<Trial | undefined> => {
      if (leftMs() < LEAST_MS) return undefined
      const isShort = leftMs() < mostMs()
      const trial = await tryOnce(nodes, service)
      // Cut by the end of all trials it says nothing.
      return trial.isTimeOut && isShort ? undefined : trial
    },
  }
}

import type { Ending } from '../../base/exit-code.ts'
import type { NodeImport } from '../../base/node.ts'
import type { Secret } from '../../base/secret.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Started } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import { endTrial, MARK } from './end-trial.ts'
import { type Ears, hear } from './hear.ts'
import { TRIAL_DATABASE, trialArguments } from './trial-arguments.ts'

/** What trials of one ComfyUI have in common. */
export type Trying = {
  /** ComfyUI as it would be started. */
  readonly service: Pick<ServiceSpec, 'file' | 'args' | 'env' | 'cwd' | 'openFiles' | 'oomScore'>
  readonly flags: ReadonlySet<string>
  /** Folders with custom nodes. */
  readonly folders: readonly string[]
  /** A folder of ours for what a trial writes: whatever is there is removed. */
  readonly scratch: string
  readonly secrets: readonly Secret[]
  readonly signal: AbortSignal
}

/** One trial: which nodes (all when undefined), and how long it may take, milliseconds. */
export type TrialOf = {
  readonly nodes: readonly string[] | undefined
  readonly limitMs: number
}

/** What came of starting ComfyUI to see which nodes it loads. */
export type Trial = {
  /** It came through: it loaded what it should, whatever became of single nodes. */
  readonly isThrough: boolean
  /** How it ended where it did not come through: `it ended with exit code 1`. */
  readonly how: string
  /** It did not end by itself. */
  readonly isTimeOut: boolean
  readonly nodes: ReadonlyMap<string, NodeImport>
  readonly suspect: string | undefined
  readonly line: string | undefined
  /** What it printed last. */
  readonly last: string | undefined
  /** ComfyUI-Manager asked for another start: what it had put off until a start is done now. */
  readonly wantsAgain: boolean
  /** First and last of what it printed, secrets masked. */
  readonly output: string
  readonly ms: number
}

/** Once all nodes are loaded it has so long to end; threads that nodes leave may keep it for ever. Milliseconds. */
const END_MS = 30_000

/** After an interrupt, until its traceback is out and it is killed, milliseconds. */
const LAST_WORDS_MS = 3000

/**
 * Starts ComfyUI so that it ends once it has loaded its nodes. It is interrupted after the limit, then killed, and so are all
 * that it started. Throws the system’s error when it cannot be started, and the signal’s reason when that is aborted.
 */
export async function tryNodes(host: Host, trying: Trying, of: TrialOf): Promise<Trial> {
  const { service, flags, scratch, signal } = trying
  signal.throwIfAborted()
  const startMs = host.clock.monotonicMs()
  await host.fs.remove(scratch)
  await host.fs.makeFolder(scratch)
  const mark = `${host.self.pid}-${host.chance()}`
  const started = await host.exec.start({
    ...service,
    args: trialArguments(service.args, { ...of, flags, folder: scratch }),
    env: { ...service.env, __COMFY_CLI_SESSION__: sessionIn(scratch), [MARK]: mark },
  })
  const ears = hear(host, started, trying)
  const ending = await endingOf(host, started, { ears, signal, limitMs: of.limitMs })
  await endTrial(host, started.pid, mark)
  const said = await ears.end()
  signal.throwIfAborted()
  const left = await whatIsLeft(host, scratch)
  const isLoaded = said.isComplete || left.hasDatabase || of.nodes?.length === 0
  return {
    ...said,
    isThrough: isLoaded && !left.wantsAgain && isGoodEnd(ending, said.isComplete),
    how: howOf(ending, of.limitMs),
    isTimeOut: ending === undefined,
    wantsAgain: left.wantsAgain,
    ms: Math.round(host.clock.monotonicMs() - startMs),
  }
}

type Waiting = { readonly ears: Ears; readonly signal: AbortSignal; readonly limitMs: number }

/** Undefined when it did not end by itself. */
async function endingOf(
  { clock, signals }: Host,
  { pid, exited }: Started,
  { ears, signal, limitMs }: Waiting,
): Promise<Ending | undefined> {
  const done = new AbortController()
  const over = (ms: number) => clock.sleep(ms, AbortSignal.any([done.signal, signal])).then(() => undefined)
  const ending = await Promise.race([exited, over(limitMs), ears.complete.then(() => over(END_MS))])
  // Its traceback then says where it is.
  if (ending === undefined && !signal.aborted && signals.send(pid, 'SIGINT'))
    await Promise.race([exited, over(LAST_WORDS_MS)])
  done.abort()
  return ending
}

// A signal, or no end at all, once all nodes are loaded is trouble in leaving: a service that stays does not come to it.
function isGoodEnd(ending: Ending | undefined, isComplete: boolean): boolean {
  return ending === undefined || ending.code === null ? isComplete : ending.code === 0
}

function howOf(ending: Ending | undefined, limitMs: number): string {
  if (ending === undefined) return `it was not done within ${Math.round(limitMs / 1000)} s`
  return ending.signal === null
    ? `it ended with exit code ${ending.code}`
    : `it was ended by ${ending.signal}`
}

function sessionIn(scratch: string): string {
  return `${scratch}/session`
}

async function whatIsLeft({ fs }: Host, scratch: string) {
  const [marker, database] = await Promise.all([
    fs.look(`${sessionIn(scratch)}.reboot`),
    fs.look(`${scratch}/${TRIAL_DATABASE}`),
  ])
  return { wantsAgain: marker !== undefined, hasDatabase: database !== undefined }
}

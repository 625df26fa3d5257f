import type { ImportRecord, NodeFailure, NodeImport } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import { newestNode } from '../../facts/newest-node.ts'
import type { Host } from '../../host/host.ts'
import type { Checking } from './check-imports.ts'
import type { Breaker, Search } from './find-breakers.ts'
import { shadowing } from './shadows.ts'
import type { Trial } from './trial.ts'

/** What there is to say of a check: the nodes that were to be loaded, the first trial, and the search where there was one. */
export type Outcome = {
  readonly names: readonly string[]
  readonly first: Trial
  readonly search: Search | undefined
  /** The same with the image's own Python, where the overlay is at fault. */
  readonly plainly?: Pick<Outcome, 'first' | 'search'>
}

type Where = Pick<Checking, 'folders' | 'logFile' | 'plain'>

/** The results by node; and why the check as a whole came to nothing, where it did. */
export async function outcomeOf(
  host: Pick<Host, 'fs'>,
  where: Where,
  { names, first, search, plainly }: Outcome,
): Promise<Pick<ImportRecord, 'nodes' | 'failure'>> {
  if (plainly !== undefined && where.plain !== undefined) {
    const { nodes } = await outcomeOf(host, where, { names, ...plainly })
    return {
      nodes,
      failure: await overlayFailure(host, where, search?.result === 'not-the-nodes' ? search.last : first),
    }
  }
  const breakers = search?.breakers ?? []
  const through = first.isThrough ? first : search?.result === 'found' ? search.last : undefined
  const failure =
    through === undefined ? await failureOfCheck(host, where, { names, first, search }) : undefined
  const nodes = {
    ...Object.fromEntries(names.map((name) => [name, NOT_LOADED] as const)),
    ...Object.fromEntries(through?.nodes ?? []),
    ...Object.fromEntries(breakers.map((breaker) => [breaker.name, broken(breaker)] as const)),
  }
  return failure === undefined ? { nodes } : { nodes, failure }
}

const NOT_LOADED: NodeImport = { result: 'not-loaded', line: undefined, seconds: undefined }

function broken({ trial }: Breaker): NodeImport {
  return { result: 'breaks-start', line: lineOf(trial), seconds: undefined }
}

/** An interrupt of ours is no exception of theirs. */
function lineOf({ line, last, how, isTimeOut }: Trial): string {
  if (isTimeOut || (line === undefined && last === undefined)) return how
  return line ?? `${how}; its last line: ${last}`
}

async function overlayFailure(
  host: Pick<Host, 'fs'>,
  { logFile, plain }: Where,
  trial: Trial,
): Promise<NodeFailure> {
  const packages = plain === undefined ? undefined : await shadowing(host, plain.overlaid)
  const overlay = plain?.overlaid.path ?? ''
  const details = { line: lineOf(trial), packages, overlay, log: logFile }
  return failureOf(new Problem('OVERLAY_BREAKS_COMFYUI', details), false)
}

async function failureOfCheck(
  host: Pick<Host, 'fs'>,
  { folders, logFile }: Where,
  { names, first, search }: Outcome,
): Promise<NodeFailure> {
  if (search?.result === 'not-the-nodes') {
    const line = lineOf(search.last)
    // Next time there may be more memory, or a GPU that answers.
    return failureOf(new Problem('COMFYUI_FAILS_WITHOUT_NODES', { line, log: logFile }), true)
  }
  const newest = await newestOf(host, folders, names)
  const line = first.wantsAgain ? 'ComfyUI-Manager asks for a restart again and again' : lineOf(first)
  const left = search?.breakers.map(({ name }) => name) ?? []
  const without = left.length === 0 ? undefined : shortList(left)
  return failureOf(new Problem('NODE_CHECK_UNDECIDED', { line, newest, without, log: logFile }), false)
}

async function newestOf(
  host: Pick<Host, 'fs'>,
  folders: readonly string[],
  names: readonly string[],
): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await newestNode(host, folder).catch(() => undefined)
    if (found !== undefined && names.includes(found.newest)) return found.newest
  }
  return undefined
}

import type { ImportRecord, NodeFailure, NodeImport } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { newestNode } from '../../facts/newest-node.ts'
import type { Host } from '../../host/host.ts'
import type { Breaker, Search } from './find-breakers.ts'
import type { Trial } from './trial.ts'

/** What there is to say of a check: the nodes that were to be loaded, the first trial, and the search where there was one. */
export type Outcome = {
  readonly names: readonly string[]
  readonly first: Trial
  readonly search: Search | undefined
}

type Where = { readonly folders: readonly string[]; readonly logFile: string }

/** The results by node; and why the check as a whole came to nothing, where it did. */
export async function outcomeOf(
  host: Pick<Host, 'fs'>,
  where: Where,
  { names, first, search }: Outcome,
): Promise<Pick<ImportRecord, 'nodes' | 'failure'>> {
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
function lineOf({ line, how, isTimeOut }: Trial): string {
  return isTimeOut || line === undefined ? how : line
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
  return failureOf(new Problem('NODE_CHECK_UNDECIDED', { line, newest, log: logFile }), false)
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

import type { ServiceSpec } from '../../base/service.ts'
import type { Net } from '../../host/net.ts'
import { firstRunning, parseQueue, type QueuedPrompt, requestFor, type WholeQueue } from './queued-prompt.ts'

/** What a look at the queue says: the id of the prompt that runs, and how many there are, the running one included. */
export type QueueLook = { readonly running: string | undefined; readonly remaining: number }

/** What became of a prompt that was offered; unknown when ComfyUI did not answer, and may have it or not. */
export type Offered =
  | { readonly outcome: 'queued' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unknown' }

/** ComfyUI's queue, asked over HTTP. What is not answered in time is undefined or false. */
export type ComfyuiQueue = {
  /** Cheap for ComfyUI, however much its queue holds. */
  readonly look: (signal: AbortSignal) => Promise<QueueLook | undefined>
  /** All prompts with their contents; undefined also when there is more of them than is read. */
  readonly all: (signal: AbortSignal) => Promise<WholeQueue | undefined>
  /** Takes prompts that wait out of the queue. */
  readonly remove: (ids: readonly string[], signal: AbortSignal) => Promise<boolean>
  readonly offer: (prompt: QueuedPrompt, signal: AbortSignal) => Promise<Offered>
  /** Whether a prompt was run to its end, however it ended; one that ComfyUI cannot be asked for was not. */
  readonly isDone: (id: string, signal: AbortSignal) => Promise<boolean | undefined>
}

/** A ComfyUI that is loading a model may take its time to answer, milliseconds. */
const TIMEOUT_MS = 10_000

/** Writing out or checking a long queue takes ComfyUI longer, milliseconds. */
const LONG_TIMEOUT_MS = 30_000

/** Much more than a thousand large workflows; a longer queue is left where it is. Bytes. */
const MOST_BYTES = 256 * 1024 * 1024

/** Enough of GET /queue for the id of its first prompt, bytes. */
const BEGINNING_BYTES = 4096

/** ComfyUI's queue at the address where it answers. */
export function comfyuiQueue(net: Net, { host, port }: ServiceSpec['ready']): ComfyuiQueue {
  const get = async (path: string, signal: AbortSignal, mostBytes = 1024 * 1024) => {
    const answer = await net.ask({ host, port, path, timeoutMs: TIMEOUT_MS, signal, mostBytes })
    return answer?.status === 200 ? answer.body : undefined
  }
  const post = (path: string, body: string, signal: AbortSignal) => {
    const headers = { 'content-type': 'application/json' }
    return net.ask({ host, port, path, method: 'POST', headers, body, timeoutMs: LONG_TIMEOUT_MS, signal })
  }
  return {
    look: async (signal) => {
      const remaining = remainingIn(await get('/prompt', signal))
      if (remaining === undefined || remaining === 0) return remaining === 0 ? EMPTY : undefined
      // Jobs without their contents; a ComfyUI that does not know them writes out its whole queue instead.
      const jobs = jobIn(await get('/api/jobs?status=in_progress&limit=1', signal))
      if (jobs !== undefined) return { running: jobs.id, remaining }
      return { running: firstRunning((await get('/queue', signal, BEGINNING_BYTES)) ?? ''), remaining }
    },
    all: async (signal) => {
      const asked = { host, port, path: '/queue', timeoutMs: LONG_TIMEOUT_MS, signal, mostBytes: MOST_BYTES }
      const answer = await net.ask(asked)
      return answer?.status !== 200 || answer.isCut ? undefined : parseQueue(answer.body)
    },
    remove: async (ids, signal) => {
      if (ids.length === 0) return true
      return (await post('/queue', JSON.stringify({ delete: ids }), signal))?.status === 200
    },
    offer: async (prompt, signal) => {
      const answer = await post('/prompt', requestFor(prompt), signal)
      if (answer === undefined) return { outcome: 'unknown' }
      return answer.status === 200
        ? { outcome: 'queued' }
        : { outcome: 'refused', reason: refusalIn(answer.status, answer.body) }
    },
    isDone: async (id, signal) => {
      // An older ComfyUI takes any id, also one that no address can hold.
      if (!id.isWellFormed()) return false
      const path = `/history/${encodeURIComponent(id)}`
      const asked = { host, port, path, timeoutMs: TIMEOUT_MS, signal, mostBytes: BEGINNING_BYTES }
      const answer = await net.ask(asked)
      if (answer !== undefined && answer.status >= 400 && answer.status < 500) return false
      return answer?.status !== 200 ? undefined : !/^\s*\{\s*\}\s*$/.test(answer.body)
    },
  }
}

const EMPTY: QueueLook = { running: undefined, remaining: 0 }

function remainingIn(body: string | undefined): number | undefined {
  const found = /"queue_remaining":\s*(\d+)/.exec(body ?? '')?.[1]
  return found === undefined ? undefined : Number(found)
}

function jobIn(body: string | undefined): { readonly id: string | undefined } | undefined {
  if (body === undefined || !/^\s*\{\s*"jobs":/.test(body)) return undefined
  return { id: /"id":\s*"([^"\\]{1,200})"/.exec(body)?.[1] }
}

// {"error": {"message", "details"}, "node_errors": …}, or a line of text where ComfyUI itself got into trouble.
function refusalIn(status: number, body: string): string {
  try {
    const { message, details } = JSON.parse(body).error
    return (
      [message, details].filter((each) => typeof each === 'string' && each !== '').join(': ') || `${status}`
    )
  } catch {
    return `${status} ${body.split('\n')[0]?.slice(0, 200) ?? ''}`.trim()
  }
}

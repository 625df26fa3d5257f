import { elementsOf, memberStart } from './json-parts.ts'

/** A prompt in ComfyUI's queue. `text` is the list [number, id, prompt, extra_data, outputs] as ComfyUI wrote it, in one line. */
export type QueuedPrompt = { readonly id: string; readonly number: number; readonly text: string }

/** What runs and what waits, the latter in the order in which it will run. */
export type WholeQueue = {
  readonly running: readonly QueuedPrompt[]
  readonly pending: readonly QueuedPrompt[]
}

/** Reads ComfyUI's answer to GET /queue; undefined when it is none. Whatever in it is no prompt is left out. */
export function parseQueue(body: string): WholeQueue | undefined {
  const [running, pending] = ['queue_running', 'queue_pending'].map((name) => {
    const from = memberStart(body, name)
    return from === undefined ? undefined : elementsOf(body, { from })
  })
  if (running === undefined || pending === undefined) return undefined
  // ComfyUI shows its heap, whose order is not that of the queue.
  return { running: promptsIn(running), pending: promptsIn(pending).toSorted((a, b) => a.number - b.number) }
}

/** Prompts of a file, and whatever else its list holds. */
export type KeptFile = { readonly prompts: readonly QueuedPrompt[]; readonly others: readonly string[] }

/** Reads a file of kept prompts, as `fileText` writes them; undefined when it is no list. */
export function parseFile(text: string): KeptFile | undefined {
  const elements = elementsOf(text)
  if (elements === undefined) return undefined
  return {
    prompts: promptsIn(elements),
    others: elements.filter((each) => promptIn(each) === undefined).map(oneLine),
  }
}

/** The five parts that ComfyUI wrote of a prompt, each as it is written. */
export function partsOf({ text }: QueuedPrompt): readonly string[] {
  return elementsOf(text, { most: 5 }) ?? []
}

/** How often ComfyUI died of a kept prompt: what stands behind its parts, when it is a number. */
export function deathsOf({ text }: QueuedPrompt): number {
  const [, , , , , behind = ''] = elementsOf(text, { most: 6 }) ?? []
  return /^\d{1,9}$/.test(behind) ? Number(behind) : 0
}

/** A JSON list with a prompt a line. */
export function fileText(texts: readonly string[]): string {
  return `[\n${texts.join(',\n')}\n]\n`
}

/** The id of the first prompt that runs, in the beginning of ComfyUI's answer to GET /queue. */
export function firstRunning(beginning: string): string | undefined {
  return /"queue_running":\s*\[\s*\[[^,[\]{}"]*,\s*"([^"\\]{1,200})"/.exec(beginning)?.[1]
}

/**
 * The body of POST /prompt that queues a prompt as it was queued before: its id, its client and the outputs that were
 * asked for. Without a number: the order of posting is the order of the queue, and what is queued later comes later.
 */
export function requestFor({ id, text }: QueuedPrompt): string {
  const [, , prompt = '{}', extraData = '{}', outputs = '[]'] = elementsOf(text) ?? []
  const targets = elementsOf(outputs)?.length ? `, "partial_execution_targets": ${outputs}` : ''
  return `{"prompt": ${prompt}, "prompt_id": ${JSON.stringify(id)}, "extra_data": ${extraData}${targets}}`
}

function promptsIn(elements: readonly string[]): readonly QueuedPrompt[] {
  return elements.flatMap((text) => promptIn(text) ?? [])
}

function promptIn(text: string): QueuedPrompt | undefined {
  const [number, written = ''] = elementsOf(text, { most: 2 }) ?? []
  const id = textIn(written)
  if (id === undefined || Number.isNaN(Number(number))) return undefined
  return { id, number: Number(number), text: oneLine(text) }
}

function textIn(written: string): string | undefined {
  try {
    const value: unknown = JSON.parse(written)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

// A line break inside JSON can only stand between values: texts write theirs as \n.
function oneLine(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text
}

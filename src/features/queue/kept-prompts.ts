import type { Layout } from '../../base/layout.ts'
import type { Fs } from '../../host/fs.ts'
import { fileText, parseFile, type QueuedPrompt } from './queued-prompt.ts'

/** The prompts in the workspace that are to be queued again. Changes come one after the other; each is whole or not at all. */
export type KeptPrompts = {
  /** In the order in which they are to be queued; none where there is no file. */
  readonly read: () => Promise<readonly QueuedPrompt[]>
  /** Adds prompts before or behind those that are kept; none is kept twice. */
  readonly add: (prompts: readonly QueuedPrompt[], where: 'before' | 'behind') => Promise<void>
  readonly drop: (ids: ReadonlySet<string>) => Promise<void>
  /** Lays prompts aside with why they are not to be queued: they stay there for a person to look at. */
  readonly layAside: (refused: readonly Refused[]) => Promise<void>
}

/** A prompt that is not queued again, and why. */
export type Refused = { readonly prompt: QueuedPrompt; readonly reason: string }

/** What others write into their prompts is their own affair. */
const MODE = 0o600

/** Larger than what is read of a queue; bytes. */
const MOST_BYTES = 400 * 1024 * 1024

/** The kept prompts of a workspace. */
export function keptPrompts(fs: Fs, { own, queueFile, refusedFile }: Layout): KeptPrompts {
  const inTurn = turns()
  const write = async (path: string, prompts: readonly Pick<QueuedPrompt, 'text'>[]) => {
    if (prompts.length === 0) return fs.remove(path)
    await fs.makeFolder(own)
    await fs.write(path, fileText(prompts.map(({ text }) => text)), MODE)
  }
  return {
    read: () => inTurn(() => readPrompts(fs, queueFile)),
    add: (prompts, where) =>
      inTurn(async () => {
        const before = await readPrompts(fs, queueFile)
        const [first, second] = where === 'before' ? [prompts, before] : [before, prompts]
        const both = [...first, ...without(second, idsOf(first))]
        if (prompts.length > 0) await write(queueFile, both)
      }),
    drop: (ids) =>
      inTurn(async () => {
        const before = await readPrompts(fs, queueFile)
        const left = without(before, ids)
        if (left.length < before.length) await write(queueFile, left)
      }),
    layAside: (refused) =>
      inTurn(async () => {
        const ids = idsOf(refused.map(({ prompt }) => prompt))
        const before = without(await readPrompts(fs, refusedFile), ids)
        if (refused.length > 0) await write(refusedFile, [...before, ...refused.map(withReason)])
      }),
  }
}

function turns(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const result = last.then(act)
    last = result.catch(() => undefined)
    return result
  }
}

// What a person wrote there and nobody can read is moved out of the way rather than written over.
async function readPrompts(fs: Fs, path: string): Promise<readonly QueuedPrompt[]> {
  const text = await fs.readText(path, MOST_BYTES)
  if (text === undefined || text.trim() === '') return []
  const prompts = parseFile(text)
  if (prompts === undefined) await fs.rename(path, `${path}.unreadable`)
  return prompts ?? []
}

function idsOf(prompts: readonly QueuedPrompt[]): ReadonlySet<string> {
  return new Set(prompts.map(({ id }) => id))
}

function without(prompts: readonly QueuedPrompt[], ids: ReadonlySet<string>): readonly QueuedPrompt[] {
  return prompts.filter(({ id }) => !ids.has(id))
}

// Behind the five parts of a prompt, where nobody looks who queues it again.
function withReason({ prompt, reason }: Refused): Pick<QueuedPrompt, 'text'> {
  return { text: `${prompt.text.replace(/\]\s*$/, '')}, ${JSON.stringify(reason)}]` }
}

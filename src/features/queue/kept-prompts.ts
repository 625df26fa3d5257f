import type { Layout } from '../../base/layout.ts'
import type { Fs } from '../../host/fs.ts'
import { deathsOf, fileText, parseFile, partsOf, type QueuedPrompt } from './queued-prompt.ts'

/** The prompts in the workspace that are to be queued again. Changes come one after the other; each is whole or not at all. */
export type KeptPrompts = {
  /** In the order in which they are to be queued; none where there is no file. */
  readonly read: () => Promise<readonly QueuedPrompt[]>
  /** Adds prompts before or behind those that are kept; none is kept twice. */
  readonly add: (prompts: readonly QueuedPrompt[], where: 'before' | 'behind') => Promise<void>
  readonly drop: (ids: ReadonlySet<string>) => Promise<void>
  /** Lays prompts aside with why they are not to be queued: they stay there for a person to look at. */
  readonly layAside: (refused: readonly Refused[]) => Promise<void>
  /** ComfyUI died while this one ran; where that was once too often it is laid aside, and true. */
  readonly blame: (id: string, reason: string) => Promise<boolean>
}

/** A prompt that is not queued again, and why. */
export type Refused = { readonly prompt: QueuedPrompt; readonly reason: string }

/** The time, and who is told where something lies that cannot be read as prompts. */
export type Finding = { readonly now: () => number; readonly onUnreadable: (path: string) => void }

/** What others write into their prompts is their own affair. */
const MODE = 0o600

/** Larger than what is read of a queue; bytes. */
const MOST_BYTES = 400 * 1024 * 1024

/** A prompt that ComfyUI died of so often is not given to it again. */
const MOST_DEATHS = 2

/** The kept prompts of a workspace. */
export function keptPrompts(fs: Fs, { own, queueFile, refusedFile }: Layout, finding: Finding): KeptPrompts {
  const inTurn = turns()
  const readAt = (path: string) => readPrompts(fs, path, finding)
  const write = async (path: string, prompts: readonly Pick<QueuedPrompt, 'text'>[]) => {
    if (prompts.length === 0) return fs.remove(path)
    await fs.makeFolder(own)
    await fs.write(path, fileText(prompts.map(({ text }) => text)), MODE)
  }
  const layAside = async (refused: readonly Refused[]) => {
    const before = without(await readAt(refusedFile), idsOf(refused.map(({ prompt }) => prompt)))
    if (refused.length > 0) await write(refusedFile, [...before, ...refused.map(withReason)])
  }
  const drop = async (ids: ReadonlySet<string>) => {
    const before = await readAt(queueFile)
    const left = without(before, ids)
    if (left.length < before.length) await write(queueFile, left)
  }
  return {
    read: () => inTurn(() => readAt(queueFile)),
    add: (prompts, where) =>
      inTurn(async () => {
        const before = await readAt(queueFile)
        // As it is kept it says also how often ComfyUI died of it.
        const known = new Map(before.map((prompt) => [prompt.id, prompt]))
        const added = prompts.map((prompt) => known.get(prompt.id) ?? prompt)
        const [first, second] = where === 'before' ? [added, before] : [before, added]
        if (prompts.length > 0) await write(queueFile, [...first, ...without(second, idsOf(first))])
      }),
    drop: (ids) => inTurn(() => drop(ids)),
    layAside: (refused) => inTurn(() => layAside(refused)),
    blame: (id, reason) =>
      inTurn(async () => {
        const before = await readAt(queueFile)
        const prompt = before.find((each) => each.id === id)
        if (prompt === undefined) return false
        const deaths = deathsOf(prompt) + 1
        if (deaths < MOST_DEATHS) {
          await write(queueFile, before.with(before.indexOf(prompt), withMore(prompt, deaths)))
          return false
        }
        await layAside([{ prompt, reason }])
        await drop(new Set([id]))
        return true
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

// What a person wrote there and nobody can read is moved out of the way rather than written over. A crash in the middle
// leaves entries that are no prompts in both files.
async function readPrompts(fs: Fs, path: string, finding: Finding): Promise<readonly QueuedPrompt[]> {
  const text = await fs.readText(path, MOST_BYTES)
  if (text === undefined || text.trim() === '') return []
  const { prompts, others } = parseFile(text) ?? {}
  if (others?.length === 0 && prompts !== undefined) return prompts
  const aside = await freePath(fs, `${path}.unreadable-${stamp(finding.now())}`)
  if (prompts === undefined || others === undefined || prompts.length === 0) await fs.rename(path, aside)
  else {
    await fs.write(aside, fileText(others), MODE)
    await fs.write(path, fileText(prompts.map((each) => each.text)), MODE)
  }
  finding.onUnreadable(aside)
  return prompts ?? []
}

async function freePath(fs: Fs, path: string): Promise<string> {
  for (let n = 1; ; n++) {
    const free = n === 1 ? path : `${path}-${n}`
    if ((await fs.look(free)) === undefined) return free
  }
}

// 20261121T190400Z
function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
}

function idsOf(prompts: readonly QueuedPrompt[]): ReadonlySet<string> {
  return new Set(prompts.map(({ id }) => id))
}

function without(prompts: readonly QueuedPrompt[], ids: ReadonlySet<string>): readonly QueuedPrompt[] {
  return prompts.filter(({ id }) => !ids.has(id))
}

function withReason({ prompt, reason }: Refused): Pick<QueuedPrompt, 'text'> {
  return withMore(prompt, reason)
}

// Behind the five parts of a prompt, where nobody looks who queues it again; what stood there goes.
function withMore(prompt: QueuedPrompt, more: string | number): QueuedPrompt {
  return { ...prompt, text: `[${[...partsOf(prompt), JSON.stringify(more)].join(', ')}]` }
}

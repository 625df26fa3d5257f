import { Problem } from '../../../base/problem.ts'
import { type Entry, readEntry } from './read-entry.ts'
import type { Asked } from './read-manifest.ts'
import { shownEntry } from './shown-entry.ts'
import { sourceText } from './source-text.ts'

/** Reads COMFY_NODES: nodes in their short form. Every bad one is a warning: ComfyUI starts without it. Pure. */
export function readList(texts: readonly string[]): Asked {
  const before = known.get(texts)
  if (before !== undefined) return before
  const read = readAll(texts)
  known.set(texts, read)
  return read
}

/** Settings stay the same for a whole start, which decides several times. */
const known = new WeakMap<readonly string[], Asked>()

function readAll(texts: readonly string[]): Asked {
  const taken = new Map<string, Entry>()
  const problems: Problem[] = []
  for (const text of texts) {
    const read = readEntry(text, '/')
    const twin = 'fault' in read ? undefined : taken.get(read.folder.toLowerCase())
    if ('fault' in read) problems.push(problemOf(text, read.fault, read.secret))
    else if (twin === undefined) taken.set(read.folder.toLowerCase(), read)
    else if (JSON.stringify(twin) !== JSON.stringify(read)) problems.push(problemOf(text, twinText(twin)))
  }
  return { entries: [...taken.values()], problems }
}

function problemOf(text: string, reason: string, secret?: true): Problem {
  const name = shownEntry(text)
  const told = { level: 'warning', degrades: true } as const
  if (secret)
    return new Problem('NODE_CREDENTIALS_WRITTEN', { place: 'COMFY_NODES', entry: `«${name}»` }, told)
  return new Problem('NODE_NAME_INVALID', { name, reason }, told)
}

function twinText({ folder, source }: Entry): string {
  return `The folder ${folder} is asked for already, from ${source === undefined ? 'elsewhere' : sourceText(source)}.`
}

import type { TreeEntry } from '../base/tree-entry.ts'
import { createHash } from '../host/hash.ts'

const KINDS = { f: 'file', d: 'folder', l: 'link' } as const
const LETTERS = { file: 'f', folder: 'd', link: 'l', other: undefined } as const

/**
 * A tree as text: one line per entry, sorted by path: kind, mode, bytes, mtime in nanoseconds, path, target; tabs between. The
 * last line says how many there are.
 */
export function manifestText(entries: readonly TreeEntry[]): string {
  const lines = entries.flatMap((each) => {
    const letter = LETTERS[each.kind]
    if (letter === undefined) return []
    const fields = [letter, each.mode.toString(8), each.bytes, each.mtimeNs, each.path]
    return [[...fields, ...(each.target === undefined ? [] : [each.target])].join('\t')]
  })
  return [...lines, `end\t${lines.length}`].map((line) => `${line}\n`).join('')
}

/** Entries by path; undefined for a text that is cut off, or holds another number of entries than it says. */
export function parseManifest(text: string): ReadonlyMap<string, TreeEntry> | undefined {
  const lines = text.split('\n')
  const [end, nothing] = lines.splice(-2)
  if (nothing !== '' || end !== `end\t${lines.length}`) return undefined
  const entries = new Map<string, TreeEntry>()
  for (const line of lines) {
    const entry = parseLine(line)
    if (entry === undefined) return undefined
    entries.set(entry.path, entry)
  }
  return entries
}

function parseLine(line: string): TreeEntry | undefined {
  const [letter, mode, bytes, mtimeNs, path, target] = line.split('\t')
  if (letter !== 'f' && letter !== 'd' && letter !== 'l') return undefined
  if (path === undefined || !/^\d+$/.test(mtimeNs ?? '')) return undefined
  return {
    path,
    kind: KINDS[letter],
    mode: Number.parseInt(mode ?? '', 8),
    bytes: Number(bytes),
    mtimeNs: BigInt(mtimeNs ?? 0),
    ...(target === undefined ? {} : { target }),
  }
}

/** How much a tree holds, and a digest of its sorted paths, sizes and times: equal for equal trees. */
export type Proof = { readonly files: number; readonly bytes: number; readonly digest: string }

/** The proof of a tree; times in whole seconds, since not every filesystem keeps more, and modes not at all. */
export function proofOf(entries: readonly TreeEntry[]): Proof {
  const hash = createHash('sha256')
  let [files, bytes] = [0, 0]
  for (const { path, kind, bytes: size, mtimeNs, target } of entries) {
    if (kind === 'other') continue
    if (kind !== 'folder') files++
    bytes += size
    const time = kind === 'file' ? mtimeNs / SECOND_NS : 0n
    hash.update(`${kind}\t${size}\t${time}\t${path}\t${target ?? ''}\n`)
  }
  return { files, bytes, digest: hash.digest('hex') }
}

const SECOND_NS = 1_000_000_000n

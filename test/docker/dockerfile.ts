import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const TOP = join(import.meta.dirname, '../..')

/** One instruction with its lines joined, and the comment lines right above it. */
export type Instruction = { readonly word: string; readonly rest: string; readonly comment: string }

/** The instructions of a Dockerfile at the top of the repository, in order. */
export function instructionsOf(name: string): readonly Instruction[] {
  const found: Instruction[] = []
  let comment: string[] = []
  for (const line of joined(readFileSync(join(TOP, name), 'utf8'))) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? []
    if (line.startsWith('#')) {
      comment.push(line.slice(1).trim())
      continue
    }
    if (word !== '') found.push({ word, rest, comment: comment.join(' ') })
    comment = []
  }
  return found
}

/** What an argument is when nobody says otherwise, by name; the first time it is named counts. */
export function argumentsOf(name: string): ReadonlyMap<string, string> {
  const all = instructionsOf(name)
  const global = all.slice(
    0,
    all.findIndex(({ word }) => word === 'FROM'),
  )
  return new Map(
    global.map(({ rest }) => {
      const [, key = '', value = ''] = /^(\w+)="?(.*?)"?$/.exec(rest) ?? []
      return [key, value] as const
    }),
  )
}

function joined(text: string): readonly string[] {
  return text.replaceAll(/\s*\\\n\s*/g, ' ').split('\n')
}

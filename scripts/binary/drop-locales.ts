import { cutHole } from './cut-hole.ts'
import { findIcuData, type IcuData, icuDataOf } from './icu-data.ts'

/** Takes out of a Node program what Intl knows of languages other than English, old text encodings and the names of
 *  characters: 29 of its 116 MB. Says so and gives the program as it is when they are not where they are looked for. */
export function dropLocales(program: Buffer): Buffer {
  const data = findIcuData(program)
  const cut = data && withoutLocales(program, data)
  if (cut !== undefined) return cut
  console.log(
    'This Node program is built in a way that is not known here. It keeps all languages: 29 MB more.',
  )
  return program
}

function withoutLocales(program: Buffer, data: IcuData): Buffer | undefined {
  // ICU knows how long an entry is from where the next one begins, so the last of all stays to close the list.
  const kept = data.entries.filter((entry) => isKept(entry.name) || entry === data.entries.at(-1))
  const some = icuDataOf(program, data, kept)
  const changed = Buffer.from(program)
  some.copy(changed, data.offset)
  return cutHole(changed, data.offset + some.length, data.end)
}

// Of every folder stay the lists, what all languages share, and English, which is what Node falls back to.
const language = /^(?!res_)[a-z]{2,3}(_.*)?\.res$/
const english = /^en(_US(_POSIX)?)?\.res$/
// Encodings, words of scripts without blanks, internet names, look-alikes; transcribing, spelling out, names of characters.
const dropped = /\.(cnv|dict|spp|cfu)$|^(translit|rbnf)\/|^unames\.icu$/

function isKept(name: string): boolean {
  const path = name.slice(name.indexOf('/') + 1)
  const file = path.slice(path.indexOf('/') + 1)
  return !dropped.test(path) && (!language.test(file) || english.test(file))
}

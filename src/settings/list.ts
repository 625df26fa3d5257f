import * as z from 'zod/mini'

/** What a text must be but is not, as the end of a sentence: `must close its quote`. */
export type Fault = { readonly must: string }

/** A list of texts: a JSON array, or whatever `split` makes of the text. */
export function list(split: (text: string) => readonly string[] | Fault) {
  return z.pipe(
    z.string(),
    z.transform((text: string, context): string[] => {
      const taken = text.trimStart().startsWith('[') ? fromJson(text) : split(text)
      if (!('must' in taken)) return [...taken]
      context.issues.push({ code: 'custom', message: taken.must, input: text })
      return []
    }),
  )
}

function fromJson(text: string): readonly string[] | Fault {
  const fault = { must: 'must be a JSON array of texts when it begins with «[»' }
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : fault
  } catch {
    return fault
  }
}

import type { Trial } from './trial.ts'

/** A node with which ComfyUI does not start, and the trial that shows it. */
export type Breaker = { readonly name: string; readonly trial: Trial }

/** What came of the search; `last` is a trial that came through, without all the breakers. */
export type Search = { readonly breakers: readonly Breaker[] } & (
  | { readonly result: 'found'; readonly last: Trial }
  /** ComfyUI does not start without nodes either. */
  | { readonly result: 'not-the-nodes'; readonly last: Trial }
  /** No more trials were granted. */
  | { readonly result: 'unfinished' }
)

/** Tries these nodes alone, and names each before it is loaded; undefined when no more trials are granted. */
export type Attempt = (names: readonly string[]) => Promise<Trial | undefined>

/**
 * Finds the nodes with which ComfyUI does not start, given that it does not with all of them (`first`). The one that it was at
 * is guessed first; what is not cured without it is searched by halves. Of nodes that only break together the last one in the
 * list, or the one that ComfyUI was at, is found. Throws nothing of its own.
 */
export async function findBreakers(
  names: readonly string[],
  first: Trial,
  attempt: Attempt,
): Promise<Search> {
  const breakers: Breaker[] = []
  let left = names
  // The first trial does not name what it loads, unless it crashed in it.
  const again = first.suspect === undefined ? await attempt(names) : first
  if (again === undefined) return { result: 'unfinished', breakers }
  if (again.isThrough) return { result: 'found', breakers, last: again }
  let broken: Trial = again
  let isKnownWithout = false
  for (;;) {
    const guess = [broken.suspect].find((name) => name !== undefined && left.includes(name))
    const cured = guess === undefined ? undefined : await attempt(left.filter((name) => name !== guess))
    if (guess !== undefined && cured === undefined) return { result: 'unfinished', breakers }
    if (guess !== undefined && cured?.isThrough === true)
      return { result: 'found', breakers: [...breakers, { name: guess, trial: broken }], last: cured }
    if (!isKnownWithout) {
      const none = await attempt([])
      if (none === undefined) return { result: 'unfinished', breakers }
      if (!none.isThrough) return { result: 'not-the-nodes', breakers, last: none }
      isKnownWithout = true
    }
    const found = await byHalves(left, { broken, hint: guess, attempt })
    if (found === undefined) return { result: 'unfinished', breakers }
    breakers.push(found)
    left = left.filter((name) => name !== found.name)
    const next = found.name === guess ? cured : await attempt(left)
    if (next === undefined) return { result: 'unfinished', breakers }
    if (next.isThrough) return { result: 'found', breakers, last: next }
    broken = next
  }
}

type Halving = {
  readonly broken: Trial
  /** Looked at first. */
  readonly hint: string | undefined
  readonly attempt: Attempt
}

// The shortest beginning of the list that does not come through: its last node is the one.
async function byHalves(
  names: readonly string[],
  { broken, hint, attempt }: Halving,
): Promise<Breaker | undefined> {
  let good = 0
  let bad = names.length
  let trial = broken
  const around = (name: string | undefined) => {
    const place = name === undefined ? -1 : names.indexOf(name)
    return place < 0 ? [] : [place, place + 1]
  }
  let wishes = around(hint)
  for (let turn = 0; bad - good > 1; turn++) {
    // Every third trial halves in any case: what ComfyUI was at may lead astray, one node after the other.
    const wish = turn % 3 === 2 ? undefined : wishes.find((each) => each > good && each < bad)
    const at = wish ?? Math.floor((good + bad) / 2)
    const found = await attempt(names.slice(0, at))
    if (found === undefined) return undefined
    if (found.isThrough) good = at
    else {
      bad = at
      trial = found
      wishes = [...wishes, ...around(found.suspect)]
    }
  }
  const name = names[bad - 1]
  return name === undefined ? undefined : { name, trial }
}

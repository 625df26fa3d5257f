import type { Trial } from './trial.ts'

/** A node with which ComfyUI does not start, and the trial that shows it. */
export type Breaker = { readonly name: string; readonly trial: Trial }

/** What came of the search, see `findBreakers`; `last` is a trial that came through, without all the breakers. */
export type Search = { readonly breakers: readonly Breaker[] } & (
  | { readonly result: 'found'; readonly last: Trial }
  /** ComfyUI does not start without nodes either. */
  | { readonly result: 'not-the-nodes'; readonly last: Trial }
  /** No more trials were granted; the breakers are also those that ComfyUI was at. */
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
  const suspects = suspectsAmong(names)
  suspects.note(first, names)
  const search = await seek(names, first, async (those) => {
    const trial = await attempt(those)
    if (trial !== undefined) suspects.note(trial, those)
    return trial
  })
  if (search.result !== 'unfinished') return search
  const known = new Set(search.breakers.map(({ name }) => name))
  return {
    ...search,
    breakers: [...search.breakers, ...suspects.left().filter(({ name }) => !known.has(name))],
  }
}

// Where trials hang there are few of them: each then names one. Of other ends only the last one does.
function suspectsAmong(names: readonly string[]) {
  let found: readonly Breaker[] = []
  const cleared = new Set<string>()
  return {
    note: (trial: Trial, those: readonly string[]) => {
      const { suspect: name } = trial
      if (trial.isThrough) for (const each of those) cleared.add(each)
      else if (name !== undefined && names.includes(name))
        found = [...found.filter((each) => each.trial.isTimeOut && each.name !== name), { name, trial }]
    },
    left: () => found.filter(({ name }) => !cleared.has(name)),
  }
}

async function seek(names: readonly string[], first: Trial, attempt: Attempt): Promise<Search> {
  const breakers: Breaker[] = []
  let left = names
  // What ended it without a word, like a lack of memory, may not do so again.
  const isSure = first.suspect !== undefined && (first.isTimeOut || first.line !== undefined)
  const again = isSure ? first : await attempt(names)
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

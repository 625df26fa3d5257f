import type { Answer, Solve } from './solver.ts'

/** Something that wants lines to be met: a node, or a package that was added by hand. */
export type Candidate = { readonly lines: readonly string[] }

/** Who fits together, what is to be added for them, and why the others do not. */
export type Choice<C> = {
  readonly accepted: readonly C[]
  readonly pins: readonly { readonly name: string; readonly version: string }[]
  /** In the order in which they were found not to fit, each with those it would have had to fit with. */
  readonly refused: readonly { readonly who: C; readonly said: string; readonly beside: readonly C[] }[]
}

/** Questions at a time: each is a process of its own. */
const WIDTH = 4

/**
 * Takes all where all fit. Otherwise those that do not fit by themselves are left out, and of the rest as many as fit
 * together, by halves: who comes first is taken. `base` are lines that hold in any case.
 */
export async function choose<C extends Candidate>(
  solve: Solve,
  candidates: readonly C[],
  base: readonly string[] = [],
): Promise<Choice<C>> {
  const start = await solve([...base, ...linesOf(candidates)])
  if ('pins' in start) return { accepted: candidates, pins: start.pins, refused: [] }
  const alone = await answersFor(solve, candidates, base)
  const answerTo = (who: C) => alone[candidates.indexOf(who)]
  const refused: { who: C; said: string; beside: readonly C[] }[] = []
  for (const who of candidates) {
    const answer = answerTo(who)
    if (answer !== undefined && 'said' in answer) refused.push({ who, said: answer.said, beside: [] })
  }
  const fit = candidates.filter((who) => !refused.some((each) => each.who === who))
  const grown = await grow(solve, { accepted: [], base, refused }, fit)
  const end = await solve([...base, ...linesOf(grown)])
  return { accepted: grown, pins: 'pins' in end ? end.pins : [], refused }
}

type Growing<C> = {
  readonly accepted: readonly C[]
  readonly base: readonly string[]
  readonly refused: { who: C; said: string; beside: readonly C[] }[]
}

async function grow<C extends Candidate>(
  solve: Solve,
  { accepted, base, refused }: Growing<C>,
  candidates: readonly C[],
): Promise<readonly C[]> {
  const [first] = candidates
  if (first === undefined) return accepted
  const all = [...accepted, ...candidates]
  const answer = await solve([...base, ...linesOf(all)])
  if ('pins' in answer) return all
  if (candidates.length === 1) {
    refused.push({ who: first, said: answer.said, beside: accepted })
    return accepted
  }
  const middle = Math.ceil(candidates.length / 2)
  const half = await grow(solve, { accepted, base, refused }, candidates.slice(0, middle))
  return grow(solve, { accepted: half, base, refused }, candidates.slice(middle))
}

async function answersFor(
  solve: Solve,
  candidates: readonly Candidate[],
  base: readonly string[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let at = 0; at < candidates.length; at += WIDTH) {
    const batch = candidates.slice(at, at + WIDTH)
    answers.push(...(await Promise.all(batch.map(({ lines }) => solve([...base, ...lines])))))
  }
  return answers
}

function linesOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.flatMap(({ lines }) => lines)
}

import { Problem } from '../../base/problem.ts'
import { constraintLines, type Held, replacedBy } from './held.ts'
import type { Installer, Outcome } from './installer.ts'
import { type Pin, pinText } from './pin.ts'

/** What is to be added so that lines are met, or why nothing can, in sentences. */
export type Answer = { readonly pins: readonly Pin[] } | { readonly said: string; readonly isBuild?: true }

/** Answers for requirement lines. Throws a Problem where the answer is nobody's fault: PACKAGES_NOT_REACHED, PACKAGES_NOT_INSTALLED. */
export type Solve = (lines: readonly string[]) => Promise<Answer>

/** What a solver goes by. */
export type Solving = {
  readonly held: Held
  /** Versions that are taken where they fit: those of the lock. */
  readonly preferred: readonly Pin[]
  /** There is an overlay that is used as it is when nobody answers. */
  readonly kept: boolean
}

/** An installer's answers against what is held. Preferred versions that are named in a refusal are given up, at last all. */
export function makeSolver(installer: Installer, { held, preferred, kept }: Solving): Solve {
  let wishes = preferred.filter(({ name }) => !held.pins.has(name))
  const ask = async (lines: readonly string[], wished: readonly Pin[]): Promise<Answer> => {
    const constraints = [...constraintLines(held, replacedBy(lines, held)), ...wished.map(pinText)]
    return answerOf(await installer.resolve({ lines, constraints }), kept)
  }
  return async (lines) => {
    if (lines.length === 0) return { pins: [] }
    for (let left = wishes; left.length > 0; ) {
      const answer = await ask(lines, left)
      if ('pins' in answer) {
        wishes = left
        return answer
      }
      if (answer.isBuild) return answer
      const named = left.filter((pin) => answer.said.includes(pin.name))
      left = named.length === 0 ? [] : left.filter((pin) => !named.includes(pin))
    }
    return ask(lines, [])
  }
}

/** Turns an outcome into an answer; see `Solve` for what it throws. */
export function answerOf(outcome: Outcome, kept: boolean): Answer {
  switch (outcome.kind) {
    case 'ok':
      return { pins: outcome.pins }
    case 'unsolved':
      return outcome
    case 'unreached':
      throw new Problem('PACKAGES_NOT_REACHED', { said: outcome.said, kept })
    case 'broken':
      throw new Problem('PACKAGES_NOT_INSTALLED', { said: outcome.said, kept })
  }
}

import { type Catalogue, catalogue } from './catalogue.ts'
import type { Entry, Level, ProblemKind, Runtime } from './entry.ts'
import { printable } from './text.ts'

export type { Level, ProblemKind, Runtime } from './entry.ts'

/** A permanent problem code, a key of the catalogue. */
export type Code = keyof Catalogue

type Details<C extends Code> = Catalogue[C] extends Entry<infer D> ? D : never

/** Everything the person needs: what could not be done, why (the numbers found), and what to type. */
export type ProblemText = {
  readonly code: Code
  readonly kind: ProblemKind
  readonly level: Level
  readonly what: string
  readonly why: string
  readonly remedy: string
}

/** Something the person can do something about; worded by the catalogue, thrown or kept as data, shown once at the door. */
export class Problem<C extends Code = Code> extends Error {
  readonly code: C
  readonly details: Details<C>
  readonly kind: ProblemKind
  readonly level: Level
  /** Something optional is missing because of it: a boot that comes with it is degraded. */
  readonly degrades: boolean

  constructor(
    code: C,
    details: Details<C>,
    options: { cause?: unknown; level?: Level; degrades?: boolean } = {},
  ) {
    const shown = printable(details)
    super(entryOf(code).what(shown), { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.details = shown
    this.kind = entryOf(code).kind
    this.level = options.level ?? entryOf(code).level ?? 'blocking'
    this.degrades = options.degrades ?? false
  }

  /** The problem in words, its remedy worded for the runtime that the container runs under. */
  in(runtime: Runtime): ProblemText {
    const { what, why, remedy } = entryOf(this.code)
    return {
      code: this.code,
      kind: this.kind,
      level: this.level,
      what: what(this.details),
      why: why(this.details),
      remedy: remedy(this.details, runtime),
    }
  }

  /** JSON form, worded for Docker; doors that know the runtime use `in(runtime)`. */
  toJSON(): ProblemText {
    return this.in('docker')
  }
}

/** Several problems thrown together, so that the person repairs all of them at once. */
export class Refusal extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map((each) => each.message).join(' '))
    this.name = 'Refusal'
    this.problems = problems
  }
}

/** The problems of a list that stop the boot. */
export function blocking(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((each) => each.level === 'blocking')
}

/** The system's code (`ENOSPC`, `EACCES`…) of a thrown value, or undefined when it carries none. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The path that a system error is about, or undefined when it names none. */
export function errorPath(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('path' in error)) return undefined
  return typeof error.path === 'string' ? error.path : undefined
}

// The catalogue is typed by code; one lookup by a union of codes loses which details belong to which entry.
function entryOf<C extends Code>(code: C): Entry<Details<C>> {
  return catalogue[code] as unknown as Entry<Details<C>>
}

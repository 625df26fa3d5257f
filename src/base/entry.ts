/** Whose fault it is; decides the exit code. */
export type ProblemKind = 'settings' | 'environment' | 'temporary' | 'usage' | 'bug'

/** A blocking problem stops the boot before its first step; a warning is shown and the boot goes on. */
export type Level = 'blocking' | 'warning'

/** What the container runs under, so that a remedy can name the right flag. */
export type Runtime = 'docker' | 'podman' | 'kubernetes' | 'runpod' | 'none'

/** One entry of the catalogue: what happened, why (with the numbers found), and what to type; D are its details. */
export type Entry<D> = {
  readonly kind: ProblemKind
  readonly level?: Level
  /** What the program ends with, where that does not follow from the kind. */
  readonly exitCode?: number
  readonly what: (details: D) => string
  readonly why: (details: D) => string
  readonly remedy: (details: D, runtime: Runtime) => string
}

/** Fixes the type of an entry's details where it is declared. */
export function entry<D>(it: Entry<D>): Entry<D> {
  return it
}

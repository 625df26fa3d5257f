import type * as z from 'zod/mini'

/** What the default of an option may depend on; read from the machine before the settings are. */
export type Hints = {
  readonly inContainer: boolean
  readonly isMount: (path: string) => boolean
  readonly exists: (path: string) => boolean
}

/** One option. Everything else about it (parsing, help, reference, JSON schema, redaction, hints) is made from this. */
export type Option<T> = {
  readonly env: string
  /** Other names for the same variable, as other images call it. */
  readonly aliases?: readonly string[]
  /** `--flag`, without the dashes; also the key in a settings file. */
  readonly flag: string
  /** What stands for the value in help: `DIR`, `PORT`, `on|off`. */
  readonly value: string
  /** Takes the text a person wrote; its messages go on from «it …», as in «must be a number». */
  readonly schema: z.ZodMiniType<T, string>
  /** A value as a person may write it, shown when another is wrong; absent where the default's text does, and for secrets. */
  readonly example?: string
  /** Where a person finds the right value, as in «id -u shows yours». */
  readonly look?: string
  readonly fallback: (hints: Hints) => T
  /** The default in words, with its reason. */
  readonly why: string
  /** One sentence: what it does. */
  readonly about: string
  readonly secret?: true
  /** Holds several values: an empty text means none, and a settings file may give a list. */
  readonly list?: true
  /** Read before flags and files are: there is no flag, and a settings file may not hold it. */
  readonly only?: 'env'
  /** The value as a person would write it, where that is not its plain text. */
  show?(value: T): string
}

/** Fixes an option's type where it is declared. */
export function option<T>(it: Option<T>): Option<T> {
  return it
}

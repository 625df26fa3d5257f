import type { EVENTS } from './machine-situations.ts'

/** Next state, then the commands. */
export type Answers = Readonly<Record<keyof typeof EVENTS, string>>

/** Nothing changes and nothing is done. */
export const UNMOVED = '='

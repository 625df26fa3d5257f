import { isatty } from 'node:tty'

/** Which of the standard streams are terminals. Asking opens none of them. */
export type Terminals = { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }

/** The real standard streams of this process. */
export function realTerminals(): Terminals {
  return { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) }
}

import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { type LogFileOptions, openLogFile } from '../../src/features/supervise/log-file.ts'
import { type Fs, realFs } from '../../src/host/fs.ts'
import { tempFolder } from './temp-folder.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** A day, milliseconds. */
export const DAY_MS = 86_400_000

/** How a log file is to be opened; failures are unexpected, and the clock stands still. */
export type Wish = Partial<LogFileOptions> & { readonly clock?: VirtualClock; readonly fs?: Fs }

const unexpected = (error: unknown) => expect.unreachable(`writing must not fail: ${error}`)

/** Opens a log file. */
export function openLog(path: string, { clock = virtualClock(), fs = realFs(), ...options }: Wish = {}) {
  return openLogFile({ fs, clock }, path, { onFailed: unexpected, ...options })
}

/** Writes each text as a start of the program of its own would. */
export async function inTurn(path: string, texts: readonly string[], wish: Wish = {}) {
  for (const text of texts) {
    const file = openLog(path, wish)
    file.write(Buffer.from(text))
    await file.close()
  }
}

/** Where a log file may lie, in a folder that is not there yet. */
export async function aPath() {
  return `${await tempFolder()}/logs/comfyui.log`
}

/** What lies in the folder of a log, by the end of its name. */
export async function textsOf(path: string) {
  const folder = path.slice(0, path.lastIndexOf('/'))
  const names = (await readdir(folder)).sort()
  const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, 'utf8')))
  return Object.fromEntries(names.map((name, at) => [name, texts[at]]))
}

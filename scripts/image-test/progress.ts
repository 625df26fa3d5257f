import { appendFileSync, rmSync } from 'node:fs'

const EVERY_MS = 15_000

/** What follows a program that takes long. */
export type Progress = { readonly heard: (text: string) => void; readonly end: () => void }

/** Writes what a program prints into a file as it comes, and says its last line every while, so that a person sees it work. */
export function showProgress(what: string, log: string): Progress {
  const startMs = performance.now()
  let last = ''
  let shown = ''
  rmSync(log, { force: true })
  console.log(`  ${what} (${log})`)
  const timer = setInterval(() => {
    if (last === shown) return
    shown = last
    console.log(`  ${what}, ${Math.round((performance.now() - startMs) / 1000)} s: ${last.slice(0, 120)}`)
  }, EVERY_MS)
  return {
    heard: (text) => {
      appendFileSync(log, text)
      last =
        text
          .split('\n')
          .findLast((line) => line.trim() !== '')
          ?.trim() ?? last
    },
    end: () => clearInterval(timer),
  }
}

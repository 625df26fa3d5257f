import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pages } from './docs/pages.ts'

/** Folder of the generated pages. */
const FOLDER = join(import.meta.dirname, '../docs/reference')

// Writes the pages that follow from the code; with --check it only names those that are not current and ends with 1.
const stale = pages().filter(({ file, text }) => held(file) !== text)
if (process.argv.includes('--check')) {
  for (const { file } of stale) console.error(`docs/reference/${file} is not current; run npm run docs`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  mkdirSync(FOLDER, { recursive: true })
  for (const { file, text } of stale) writeFileSync(join(FOLDER, file), text)
  console.log(`${stale.length} of ${pages().length} pages of docs/reference/ written`)
}

function held(file: string): string | undefined {
  try {
    return readFileSync(join(FOLDER, file), 'utf8')
  } catch {
    return undefined
  }
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Reads one of the expectations in test/support/fixtures; the caller says what is in it. */
export async function readFixture<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(join(import.meta.dirname, '../support/fixtures', `${name}.json`), 'utf8'))
}

import type { Layout } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { PythonFacts } from './device-facts.ts'
import type { PackagesFacts } from './node-facts.ts'
import type { Sought } from './sought.ts'

/** Where to look. */
type Where = { readonly layout: Layout; readonly python: PythonFacts | undefined; readonly arch: string }

/** Looks at the Python's packages by the names of their folders, and at the overlay for them; nothing is run. */
export async function lookPackages(
  _fs: Fs,
  _sought: Sought,
  _where: Where,
): Promise<PackagesFacts | undefined> {
  return undefined
}

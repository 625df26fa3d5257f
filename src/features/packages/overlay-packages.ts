import { distributionsIn, packageName } from '../../facts/distributions.ts'
import type { Fs } from '../../host/fs.ts'
import type { Pin } from './pin.ts'

/** A package of an overlay, and names of packages that it requires; `extras` only for some of its own extras. */
export type Installed = Pin & { readonly requires: readonly string[]; readonly extras: readonly string[] }

/** The packages in an overlay's own folder of packages. */
export async function overlayPackages(fs: Fs, site: string): Promise<readonly Installed[]> {
  const found = (await distributionsIn(fs, site)) ?? []
  return Promise.all(
    found.map(async ({ name, version, entry }) => {
      const text = await fs.readText(`${site}/${entry}/METADATA`).catch(() => undefined)
      return { name, version, ...requirementsIn(text ?? '') }
    }),
  )
}

function requirementsIn(metadata: string): Pick<Installed, 'requires' | 'extras'> {
  const [head = ''] = metadata.split(/\r?\n\r?\n/, 1)
  const all = [...head.matchAll(/^Requires-Dist:\s*([\w.-]+)(.*)$/gm)]
  const names = (only: boolean) =>
    all
      .filter(([, , rest = '']) => /\bextra\s*==/.test(rest) === only)
      .map(([, name = '']) => packageName(name))
  return { requires: names(false), extras: names(true) }
}

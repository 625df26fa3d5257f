import { systemCode } from '../base/problem.ts'
import type { Fs, Named } from '../host/fs.ts'
import type { Mount } from './facts.ts'
import type { Tier } from './folder-facts.ts'
import { isFolder } from './folders.ts'
import { mountOf } from './mounts.ts'
import { orAbsent } from './or-absent.ts'
import type { Sought } from './sought.ts'

/** Looks at the shared model folders asked for, and at that of the shared tree when there is one: it is the last. */
export async function lookTiers(
  fs: Fs,
  { shared, sharedModels }: Pick<Sought, 'shared' | 'sharedModels'>,
  mounts: readonly Mount[],
): Promise<readonly Tier[]> {
  const paths = [...new Set([...sharedModels, `${shared}/models`])]
  const tiers = await Promise.all(paths.map((path) => lookTier(fs, path, mounts)))
  return tiers.filter((tier) => tier.exists || sharedModels.includes(tier.path))
}

async function lookTier(fs: Fs, path: string, mounts: readonly Mount[]): Promise<Tier> {
  const [exists, real, listed] = await Promise.all([
    isFolder(fs, path),
    orAbsent(fs.realPath(path)),
    entriesOrCode(fs, path),
  ])
  const readOnly = mountOf(real ?? path, mounts)?.readOnly ?? false
  if (typeof listed === 'string') return { path, exists, readOnly, folders: [], unreadable: listed }
  const names = await Promise.all(
    listed.map(async ({ name, kind }) => {
      const is = kind === 'folder' || (kind === 'link' && (await isFolder(fs, `${path}/${name}`)))
      return is ? name : undefined
    }),
  )
  return { path, exists, readOnly, folders: names.filter((name) => name !== undefined) }
}

async function entriesOrCode(fs: Fs, path: string): Promise<readonly Named[] | string> {
  try {
    return (await fs.entries(path)) ?? []
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return code
  }
}

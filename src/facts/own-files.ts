import type { Layout } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { Facts, Mount, Who } from './facts.ts'
import { mountOf } from './mounts.ts'
import { orAbsent } from './or-absent.ts'
import { may } from './permission.ts'

/** The generated model paths file as it is now. */
export function lookModelPaths(fs: Fs, { modelPathsFile }: Layout): Promise<string | undefined> {
  return orAbsent(fs.readText(modelPathsFile))
}

/** JupyterLab's kept token; an empty file is none. */
export async function lookJupyterToken(
  fs: Fs,
  { jupyterTokenFile }: Layout,
): Promise<Facts['jupyterTokenFile']> {
  const entry = await orAbsent(fs.follow(jupyterTokenFile))
  if (entry === undefined || entry.bytes === 0) return 'absent'
  return (entry.mode & 0o077) === 0 ? 'good' : 'open-to-others'
}

/** Whether the home in the target's passwd line exists and takes files of the target. */
export async function lookHome(
  fs: Fs,
  { passwd, target }: Omit<Who, 'homeIsUsable'>,
  mounts: readonly Mount[],
): Promise<boolean> {
  if (passwd === undefined) return false
  const [entry, real] = await Promise.all([
    orAbsent(fs.follow(passwd.home)),
    orAbsent(fs.realPath(passwd.home)),
  ])
  if (entry?.kind !== 'folder' || real === undefined) return false
  return may(target, 'write', entry) && mountOf(real, mounts)?.readOnly !== true
}

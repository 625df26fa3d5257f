import { basename, dirname, join } from 'node:path'
import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** The path with its links resolved, as far as its folders exist. */
export async function withoutLinks(fs: Fs, path: string): Promise<string> {
  const real = await orAbsent(fs.realPath(path))
  if (real !== undefined || path === '/') return real ?? path
  return join(await withoutLinks(fs, dirname(path)), basename(path))
}

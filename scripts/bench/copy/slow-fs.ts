import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** A folder in which every operation takes a millisecond, until `end`. */
export type Slow = { readonly folder: string; readonly end: () => void }

/** Builds the slow filesystem and mounts it below a folder; undefined where gcc, libfuse3 or /dev/fuse is missing. */
export function mountSlow(top: string): Slow | undefined {
  const flags = spawnSync('pkg-config', ['--cflags', '--libs', 'fuse3'], { encoding: 'utf8' })
  if (flags.status !== 0) return undefined
  const program = `${top}/slow-fs`
  const source = join(import.meta.dirname, 'slow-fs.c')
  const build = ['-O2', '-o', program, source, ...flags.stdout.trim().split(/\s+/)]
  if (spawnSync('gcc', build, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) return undefined
  const folder = `${top}/slow`
  mkdirSync(folder)
  mkdirSync(`${top}/slow-behind`)
  // As many requests at once as a network disk would take.
  const mounted = spawnSync(program, ['1000', `${top}/slow-behind`, folder, '-o', 'max_threads=64'])
  if (mounted.status !== 0) return undefined
  return { folder, end: () => void spawnSync('umount', ['--lazy', folder]) }
}

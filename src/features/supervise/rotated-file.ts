import { dirname } from 'node:path'
import type { Clock } from '../../host/clock.ts'
import type { Fs } from '../../host/fs.ts'
import type { Growing } from '../../host/grow.ts'

/** How large and how old a file may grow, and how many there are (the current one included); bytes, milliseconds. */
export type Rotation = {
  readonly mostBytes: number
  readonly files: number
  readonly mostAgeMs: number
}

/** A file that is moved on to `.1`, `.2` when it is full or old. */
export type RotatedFile = {
  readonly write: (chunk: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

/** Where files are, and what time it is. */
export type Disk = { readonly fs: Fs; readonly clock: Clock }

/** Whether the file still lies at its path is looked at no more often than this, milliseconds. */
const LOOK_EVERY_MS = 1000

/**
 * Opened at the first write; made again where somebody took it away. A path that is a link, a device or the like belongs to
 * whoever made it: it is written through and never moved, and neither is anything but a plain file in the place of an older
 * one. A crash while files are moved leaves all of them.
 */
export function rotatedFile(disk: Disk, path: string, rotation: Rotation): RotatedFile {
  const { fs, clock } = disk
  let open: { readonly file: Growing; readonly sinceMs: number } | undefined
  let lookedMs = 0
  const close = async () => {
    const closing = open?.file
    open = undefined
    await closing?.close()
  }
  const reopen = async () => {
    await fs.makeFolder(dirname(path))
    const file = await fs.grow(path)
    lookedMs = clock.monotonicMs()
    open = { file, sinceMs: file.bytes === 0 ? clock.now() : await firstWriteMs(fs, path, file) }
    return open
  }
  const current = async () => {
    if (open !== undefined && clock.monotonicMs() - lookedMs >= LOOK_EVERY_MS) {
      lookedMs = clock.monotonicMs()
      if (!(await open.file.isThere())) await close()
    }
    if (open !== undefined) return open
    const opened = await reopen()
    await removeOld(disk, path, rotation)
    return opened
  }
  const isDue = ({ file, sinceMs }: NonNullable<typeof open>, more: number) =>
    file.bytes > 0 && (file.bytes + more > rotation.mostBytes || clock.now() - sinceMs > rotation.mostAgeMs)
  return {
    write: async (chunk) => {
      let now = await current()
      if (isDue(now, chunk.length) && (await fs.look(path))?.kind === 'file') {
        await close()
        await moveOn(fs, path, rotation.files)
        await removeOld(disk, path, rotation)
        now = await reopen()
      }
      await now.file.write(chunk)
    },
    close,
  }
}

// Where the filesystem keeps no birth, the file began when the one before it had ended.
async function firstWriteMs(fs: Fs, path: string, { bornMs }: Growing): Promise<number> {
  if (bornMs !== undefined) return bornMs
  const found = (await fs.look(`${path}.1`)) ?? (await fs.follow(path))
  return found?.mtimeMs ?? 0
}

async function moveOn(fs: Fs, path: string, files: number): Promise<void> {
  const places = await placesOf(fs, path, files)
  const [last] = places.slice(-1)
  if (last === path) return fs.remove(path)
  for (const [at, to] of [...places.entries()].reverse()) {
    const from = places[at - 1]
    if (from !== undefined && (await fs.look(from)) !== undefined) await fs.rename(from, to, { sync: false })
  }
}

// An older file that cannot be removed harms nobody, and its owner can see it.
async function removeOld({ fs, clock }: Disk, path: string, { files, mostAgeMs }: Rotation): Promise<void> {
  for (const place of (await placesOf(fs, path, files)).slice(1)) {
    const found = await fs.look(place).catch(() => undefined)
    if (found !== undefined && clock.now() - found.mtimeMs > mostAgeMs) await fs.remove(place).catch(() => {})
  }
}

/** The file and the places of older ones, the latest first, without those that something else lies in. */
async function placesOf(fs: Fs, path: string, files: number): Promise<readonly string[]> {
  const older = Array.from({ length: files - 1 }, (_, at) => `${path}.${at + 1}`)
  const kinds = await Promise.all(older.map((each) => fs.look(each).catch(() => undefined)))
  return [path, ...older.filter((_, at) => (kinds[at]?.kind ?? 'file') === 'file')]
}

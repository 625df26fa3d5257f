import { lstat, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCode } from '../base/problem.ts'

/** What can be done in a folder: `undefined` when it works, else the system's error code (`EACCES`, `EROFS`, `ENOSPC`…). */
export type Abilities = {
  readonly create: string | undefined
  readonly rename: string | undefined
  readonly link: string | undefined
  /** The least that one change of a name took, milliseconds, so that no queue beside it counts; absent where none could be made. */
  readonly operationMs?: number
}

/** Another comfy-init that tries the same folder at the same moment makes one of these; it does so for a few milliseconds. */
const COLLISIONS = new Set(['ENOENT', 'EEXIST', 'ENOTEMPTY'])

const MOST_TRIES = 5

/** Tries creating, renaming and linking in a folder, with names nobody else uses. A crash leaves one empty folder, removed by the next try. */
export async function tryOut(folder: string): Promise<Abilities> {
  for (let count = 1; ; count++) {
    const found = await tryOnce(`${folder}/.comfy-init-try`)
    const collides = [found.create, found.rename, found.link].some((code) => COLLISIONS.has(code ?? ''))
    if (!collides || count === MOST_TRIES) return found
    await sleep(count * 10 * Math.random())
  }
}

async function tryOnce(own: string): Promise<Abilities> {
  const tookMs: number[] = []
  const timed = async (change: Promise<unknown>) => {
    const startMs = performance.now()
    await change
    tookMs.push(performance.now() - startMs)
  }
  try {
    await rm(own, { recursive: true, force: true })
    const create = await codeOf(async () => {
      await timed(mkdir(own))
      await writeFile(`${own}/a`, 'a')
    })
    if (create !== undefined) return { create, rename: create, link: create }
    const found = {
      create,
      rename: await codeOf(async () => {
        await timed(rename(`${own}/a`, `${own}/b`))
        await lstat(`${own}/b`)
      }),
      link: await codeOf(async () => {
        await timed(symlink('b', `${own}/c`))
        await readlink(`${own}/c`)
      }),
    }
    return { ...found, operationMs: Math.min(...tookMs) }
  } catch (error) {
    const code = systemCode(error) ?? 'EIO'
    return { create: code, rename: code, link: code }
  } finally {
    await rm(own, { recursive: true, force: true }).catch(() => {})
  }
}

async function codeOf(attempt: () => Promise<void>): Promise<string | undefined> {
  try {
    await attempt()
    return undefined
  } catch (error) {
    return systemCode(error) ?? 'EIO'
  }
}

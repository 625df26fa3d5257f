import { lstat, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { systemCode } from '../base/problem.ts'

/** What can be done in a folder: `undefined` when it works, else the system's error code (`EACCES`, `EROFS`, `ENOSPC`…). */
export type Abilities = {
  readonly create: string | undefined
  readonly rename: string | undefined
  readonly link: string | undefined
}

/** Tries creating, renaming and linking in a folder, with names nobody else uses. A crash leaves one empty folder, removed by the next try. */
export async function tryOut(folder: string): Promise<Abilities> {
  const own = `${folder}/.comfy-init-try`
  try {
    await rm(own, { recursive: true, force: true })
    const create = await codeOf(async () => {
      await mkdir(own)
      await writeFile(`${own}/a`, 'a')
    })
    if (create !== undefined) return { create, rename: create, link: create }
    return {
      create,
      rename: await codeOf(async () => {
        await rename(`${own}/a`, `${own}/b`)
        await lstat(`${own}/b`)
      }),
      link: await codeOf(async () => {
        await symlink('b', `${own}/c`)
        await readlink(`${own}/c`)
      }),
    }
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

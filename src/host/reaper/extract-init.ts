import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Proof, proveInit } from './prove-init.ts'

/** A program that was run to prove it, and the arguments that put a command behind it. */
export type Extracted = Proof & { readonly path: string }

/** Puts the init into the first folder a program can be run from and gives its path, or why every folder was refused.
 *
 *  It lies in a folder of mode 0700 that belongs to us, so nobody else can put another program in its place. It is
 *  written aside, proven and renamed: a crash leaves a file with our pid in its name that nothing runs. The next start
 *  uses the file again when it holds the same bytes. */
export function extractInit(
  bytes: Uint8Array,
  folders: readonly string[] = runFolders(),
): Extracted | { readonly refused: string } {
  const refusals: string[] = []
  for (const folder of folders) {
    const home = join(folder, `comfy-init-${process.geteuid?.() ?? 0}`)
    try {
      return placeIn(home, bytes)
    } catch (error) {
      refusals.push(`${folder} (${reason(error)})`)
    }
  }
  return { refused: `no folder can run the embedded tini: ${refusals.join(', ')}` }
}

function runFolders(): readonly string[] {
  const folders = ['/run', '/dev/shm', '/tmp', '/var/tmp', process.env.HOME, process.cwd()]
  return [...new Set(folders.filter((folder) => folder?.startsWith('/')))].filter(
    (folder) => folder !== undefined,
  )
}

function placeIn(home: string, bytes: Uint8Array): Extracted {
  const path = join(home, 'tini')
  const isNew = makePrivate(home)
  if (!isNew && holds(path, bytes)) return { path, ...proven(path) }
  const aside = `${path}.${process.pid}`
  try {
    rmSync(aside, { force: true })
    writeFileSync(aside, bytes, { flag: 'wx', mode: 0o700 })
    const proof = proven(aside)
    renameSync(aside, path)
    return { path, ...proof }
  } catch (error) {
    rmSync(isNew ? home : aside, { recursive: isNew, force: true })
    throw error
  }
}

function proven(path: string): Proof {
  const proof = proveInit(path)
  if ('refused' in proof) throw new Error(proof.refused)
  return proof
}

/** True when the folder was made just now; an error when another's folder, or anything else, has the name. */
function makePrivate(home: string): boolean {
  try {
    mkdirSync(home, { mode: 0o700 })
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const found = lstatSync(home)
  if (!found.isDirectory() || found.uid !== process.geteuid?.() || (found.mode & 0o077) !== 0) {
    throw new Error(`${home} is not ours alone`)
  }
  return false
}

function holds(path: string, bytes: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(bytes)
  } catch {
    return false
  }
}

function reason(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code)
  return error instanceof Error ? error.message : String(error)
}

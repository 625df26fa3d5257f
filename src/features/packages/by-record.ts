import { dirname, join } from 'node:path'
import { textDigest } from '../../base/text-digest.ts'
import type { Fs } from '../../host/fs.ts'

/** A file that a package's RECORD names: its path from the folder of packages, and its size where that is said. */
export type Recorded = { readonly path: string; readonly bytes: number | undefined }

/** An installed package that can be copied from an overlay to another of the same Python. */
export type Copyable = {
  /** The overlay that has it. */
  readonly overlay: string
  /** Its files, by their paths in the overlay. */
  readonly files: readonly string[]
  /** Of its RECORD: another one means other files. */
  readonly digest: string
}

/** The files that a RECORD names; compiled ones are left out, since Python makes them again. Pure. */
export function recordedFiles(text: string): readonly Recorded[] {
  return text
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, quoted, plain, size] = /^(?:"((?:[^"]|"")*)"|([^,]*)),[^,]*,(\d*)$/.exec(line) ?? []
      const path = quoted?.replaceAll('""', '"') ?? plain
      return path === undefined || path === ''
        ? []
        : [{ path, bytes: size === '' || size === undefined ? undefined : Number(size) }]
    })
    .filter(({ path }) => !path.endsWith('.pyc'))
}

/** How a package can be copied out of an overlay; undefined without a RECORD, or where a file of it is missing. */
export async function copyableFrom(
  fs: Fs,
  overlay: string,
  { site, entry }: { readonly site: string; readonly entry: string },
): Promise<Copyable | undefined> {
  const text = await fs.readText(`${overlay}/${site}/${entry}/RECORD`).catch(() => undefined)
  if (text === undefined) return undefined
  const files = recordedFiles(text).flatMap(({ path }) => inOverlay(site, path) ?? [])
  for (const file of files) {
    const found = await fs.look(`${overlay}/${file}`)
    if (found?.kind !== 'file' && found?.kind !== 'link') return undefined
  }
  return files.length === 0 ? undefined : { overlay, files, digest: textDigest(text) }
}

/** Copies a package into another overlay; files that lie there stay. Programs are led to that overlay's Python. */
export async function copyByRecord(fs: Fs, { overlay, files }: Copyable, to: string): Promise<void> {
  for (const file of files) {
    const [from, target] = [`${overlay}/${file}`, `${to}/${file}`]
    if ((await fs.look(target)) !== undefined) continue
    await fs.makeFolder(dirname(target))
    if (!file.startsWith('bin/') || !(await copyScript(fs, { from, target, overlay, to })))
      await fs.copy(from, target)
  }
}

/** The path in an overlay of what a RECORD names; undefined for what lies outside. Pure. */
export function inOverlay(site: string, path: string): string | undefined {
  if (path.startsWith('/')) return undefined
  const found = join(site, path)
  return found.startsWith('../') ? undefined : found
}

type Script = {
  readonly from: string
  readonly target: string
  readonly overlay: string
  readonly to: string
}

async function copyScript(fs: Fs, { from, target, overlay, to }: Script): Promise<boolean> {
  const [start, about] = await Promise.all([fs.readPart(from, 0, 2), fs.follow(from)])
  if (start === undefined || about === undefined || Buffer.from(start).toString() !== '#!') return false
  const [first = '', second = '', ...rest] = ((await fs.readText(from)) ?? '').split('\n')
  const head = [first, second].map((line) => line.replaceAll(`${overlay}/`, `${to}/`))
  await fs.replace(target, Buffer.from([...head, ...rest].join('\n')), about.mode)
  return true
}

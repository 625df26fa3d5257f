import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'

/** Top of the repository. */
export const TOP = join(import.meta.dirname, '../..')

/** One source file: path relative to the top, and its text. */
export type Source = { readonly path: string; readonly text: string }

/** All TypeScript files below some folders of the repository. */
export function sources(...folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(TOP, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({ path: join(folder, name), text: readFileSync(join(TOP, folder, name), 'utf8') })),
  )
}

/** What a file imports, static, dynamic and type-only; relative ones as paths from the top. */
export function importsOf({ path, text }: Source): readonly string[] {
  const found = text.matchAll(/(?:from\s+|import\s+|import\()\s*'([^']+)'/g)
  return [...found].map(([, name = '']) =>
    name.startsWith('.') ? normalize(relative('.', join(dirname(path), name))) : name,
  )
}

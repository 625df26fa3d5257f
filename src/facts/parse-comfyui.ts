import type { Category } from './facts.ts'

/** A category of folder_paths.py; `below` says which folder its folders lie in. */
export type FoundCategory = Category & { readonly below: 'models' | 'base' }

/** The version in comfyui_version.py's text. */
export function parseVersion(text: string): string | undefined {
  return /^__version__\s*=\s*["']([^"']+)["']/m.exec(text)?.[1]
}

/** All `--flags` that the text of comfy/cli_args.py gives to argparse: the leading string literals of each add_argument. */
export function parseFlags(text: string): ReadonlySet<string> {
  const flags = new Set<string>()
  const calls = text.split(/\.add_argument\(/).slice(1)
  for (const call of calls) {
    const [literals] = /^(\s*["'][^"'\n]*["']\s*,?)+/.exec(call) ?? ['']
    const long = [...literals.matchAll(/["'](--[^"'\s]+)["']/g)].map(([, flag]) => flag ?? '')
    for (const flag of long) flags.add(flag)
    // argparse makes the negative form of these by itself
    if (call.includes('BooleanOptionalAction')) for (const flag of long) flags.add(`--no-${flag.slice(2)}`)
  }
  return flags
}

/** The categories that the text of folder_paths.py sets up when it is imported, in its order; the first of a name counts. */
export function parseCategories(text: string): readonly FoundCategory[] {
  const found = new Map<string, FoundCategory>()
  const entries = text.matchAll(/^folder_names_and_paths\[["']([^"']+)["']\]\s*=\s*\(\s*\[([^\]]*)\]/gm)
  for (const [, name, paths] of entries) {
    if (name === undefined || paths === undefined || found.has(name)) continue
    const joins = [...paths.matchAll(/join\(\s*(models_dir|base_path)\s*,([^)]*)\)/g)]
    const folders = joins.map(([, , parts]) => joined(parts ?? ''))
    const below = joins.some(([, base]) => base === 'base_path') ? 'base' : 'models'
    if (folders.length > 0) found.set(name, { name, folders, below })
  }
  return [...found.values()]
}

function joined(parts: string): string {
  return [...parts.matchAll(/["']([^"']*)["']/g)].map(([, part]) => part).join('/')
}

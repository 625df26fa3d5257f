import { STATE_FOLDERS } from '../base/layout.ts'
import { isPlain } from '../base/tree-path.ts'
import type { Fs } from '../host/fs.ts'
import { lookSource } from './comfy-source.ts'
import type { ComfySource } from './facts.ts'
import { lookTracked, type Tracked } from './git-index.ts'
import { orAbsent } from './or-absent.ts'

/** A ComfyUI that another image left, where it lies now. */
export type TreeLeft = {
  readonly path: string
  /** What it says about itself; undefined without a main.py. */
  readonly source: ComfySource | undefined
  /** Files of ComfyUI's code that are not there, relative to it. */
  readonly missing: readonly string[]
  /** How many there should be, and by whose word: git's, or by what each ComfyUI has. */
  readonly wanted: number
  readonly by: 'git' | 'names'
}

/** What each ComfyUI of the last years has; two of them make a folder one. */
const CORE = ['main.py', 'nodes.py', 'execution.py', 'folder_paths.py', 'server.py', 'comfy'] as const

/** Looks at a folder that may be a ComfyUI, whole or half; undefined when it is none, or a link. `isThorough` looks for each file. */
export async function lookForeignTree(
  fs: Fs,
  path: string,
  isThorough: boolean,
): Promise<TreeLeft | undefined> {
  const entry = await orAbsent(fs.look(path))
  const names = entry?.kind === 'folder' ? await orAbsent(fs.list(path)) : undefined
  if (names === undefined || CORE.filter((name) => names.includes(name)).length < 2) return undefined
  const [source, tracked] = await Promise.all([
    lookSource(fs, path),
    isThorough ? lookTracked(fs, path) : undefined,
  ])
  const wanted = tracked?.filter(isCode).map((each) => each.path) ?? [...CORE, ...INNER]
  return {
    path,
    source,
    missing: await missingOf(fs, path, wanted),
    wanted: wanted.length,
    by: tracked === undefined ? 'names' : 'git',
  }
}

/** Without git's word: a copy that was cut seldom has all of these. */
const INNER = ['cli_args', 'model_management', 'options', 'utils'].map((name) => `comfy/${name}.py`)

// State, tests and texts are often removed to save room; a ComfyUI without them runs.
function isCode({ path, kind, mayBeAbsent }: Tracked): boolean {
  const [top = ''] = path.split('/')
  if (kind === 'submodule' || mayBeAbsent || !isPlain(path)) return false
  if (STATE_FOLDERS.some((name) => name === top)) return false
  return !path.startsWith('.') && !/^(tests.*|script_examples)$/.test(top) && !path.endsWith('.md')
}

/** So many files are looked at together. */
const WIDTH = 64

async function missingOf(fs: Fs, tree: string, paths: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = []
  for (let at = 0; at < paths.length; at += WIDTH) {
    const some = paths.slice(at, at + WIDTH)
    const found = await Promise.all(some.map((path) => orAbsent(fs.look(`${tree}/${path}`))))
    missing.push(...some.filter((_, each) => found[each] === undefined))
  }
  return missing
}

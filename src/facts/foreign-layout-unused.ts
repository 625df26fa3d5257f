import type { Layout } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** Something of another image that is left where it is; `what` says what it is: «Python 3.10», «arguments: --lowvram». */
export type Unused = { readonly path: string; readonly what: string }

type Context = { readonly names: ReadonlySet<string>; readonly tree: string | undefined }

/** Finds other images' Python environments and lists of arguments, which nothing of ours reads. */
export async function lookUnused(
  fs: Fs,
  { workspace }: Layout,
  { names, tree }: Context,
): Promise<readonly Unused[]> {
  const inWorkspace = [...names].filter((name) => /^\.?venv/.test(name)).map((name) => `${workspace}/${name}`)
  const below = tree === undefined ? [] : ((await orAbsent(fs.list(tree))) ?? [])
  const inTree = below.filter((name) => /^\.?(venv|env)/.test(name)).map((name) => `${tree}/${name}`)
  const usual = USUAL_VENVS.filter((path) => names.has(path.split('/')[0] ?? ''))
  const venvs = [...inWorkspace, ...inTree, ...usual.map((path) => `${workspace}/${path}`)]
  const locals = LOCALS.filter((path) => names.has(path.split('/')[0] ?? ''))
  const found = await Promise.all([
    ...[...new Set(venvs)].map((path) => lookVenv(fs, path)),
    ...locals.map((path) => lookLocal(fs, `${workspace}/${path}`)),
    names.has('runpod-slim') ? lookArguments(fs, `${workspace}/runpod-slim/comfyui_args.txt`) : undefined,
  ])
  return found.filter((each) => each !== undefined)
}

const USUAL_VENVS = ['run/venv', 'venvs/comfyui', 'environments/python/comfyui'] as const

const LOCALS = ['.local', 'storage/.local', 'comfy-nodes/.local', 'storage-nodes/dot-local'] as const

async function lookVenv(fs: Fs, path: string): Promise<Unused | undefined> {
  const text = await orAbsent(fs.readText(`${path}/pyvenv.cfg`))
  if (text === undefined) return undefined
  const [, version] = /^version(?:_info)?\s*=\s*(\S+)/m.exec(text) ?? []
  return { path, what: version === undefined ? 'a Python environment' : `Python ${version}` }
}

// pip install --user: one folder of packages for each Python.
async function lookLocal(fs: Fs, path: string): Promise<Unused | undefined> {
  const pythons = ((await orAbsent(fs.list(`${path}/lib`))) ?? []).filter((name) => /^python\d/.test(name))
  if (pythons.length === 0) return undefined
  return { path, what: `packages of ${pythons.map((name) => name.replace('python', 'Python ')).join(', ')}` }
}

async function lookArguments(fs: Fs, path: string): Promise<Unused | undefined> {
  const lines = ((await orAbsent(fs.readText(path))) ?? '').split('\n').map((line) => line.trim())
  const args = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return args.length === 0 ? undefined : { path, what: `arguments for ComfyUI: ${args.join(' ')}` }
}

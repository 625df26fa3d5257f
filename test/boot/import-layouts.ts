import { execFileSync } from 'node:child_process'
import {
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { World } from '../support/story.ts'

const STAND_IN = join(import.meta.dirname, '../support/comfyui')

/** What a person had in ComfyUI's folders, below its tree or below what holds its state. */
export const MINE = {
  'models/loras/mine.safetensors': 'lora',
  'output/mine.png': 'picture',
  'input/mine.png': 'input',
  'user/default/workflows/mine.json': '{}',
} as const

/** How an image leaves a volume, and what becomes of it. */
export type Layout = {
  readonly title: string
  /** Where the tree is put, where there is one, and what holds the state when that lies elsewhere. */
  readonly tree?: string
  readonly git?: boolean
  readonly state?: Readonly<Record<string, string>>
  readonly besides?: Readonly<Record<string, string>>
  readonly at?: string
  /** It has to be moved. */
  readonly moves: boolean
  /** Where ComfyUI finds its state afterwards, below the volume. */
  readonly base: string
  readonly says?: string
}

/** One for each image that is recognised. */
export const LAYOUTS: readonly Layout[] = [
  {
    title: 'ValyrianTech: a ComfyUI with git in its place, and a venv beside it',
    tree: 'ComfyUI',
    git: true,
    besides: { 'start_user.sh': '', 'venv/pyvenv.cfg': 'version = 3.10.12\n' },
    moves: false,
    base: 'ComfyUI',
    says: '/workspace/venv (Python 3.10.12)',
  },
  {
    title: 'ai-dock: a ComfyUI without git in its place',
    tree: 'ComfyUI',
    besides: { 'environments/python/comfyui/pyvenv.cfg': 'version = 3.11\n', '.move_complete': '' },
    moves: false,
    base: 'ComfyUI',
  },
  {
    title: 'mmartial: the run folder as the volume',
    tree: 'ComfyUI',
    git: true,
    besides: { 'venv/pyvenv.cfg': 'version_info = 3.12.3\n' },
    at: '/comfy/mnt',
    moves: false,
    base: 'ComfyUI',
    says: '/comfy/mnt/venv (Python 3.12.3)',
  },
  {
    title: 'mmartial: run and basedir side by side',
    tree: 'run/ComfyUI',
    git: true,
    state: Object.fromEntries(['models', 'output', 'input', 'user'].map((name) => [`basedir/${name}`, name])),
    moves: true,
    base: 'ComfyUI',
  },
  {
    title: 'runpod: a ComfyUI in runpod-slim, with its list of arguments',
    tree: 'runpod-slim/ComfyUI',
    git: true,
    besides: { 'runpod-slim/comfyui_args.txt': '--lowvram\n' },
    moves: true,
    base: 'ComfyUI',
    says: 'arguments for ComfyUI: --lowvram',
  },
  {
    title: 'YanWenKun: storage, storage-models and storage-user',
    tree: 'storage/ComfyUI',
    state: {
      'storage-models/models': 'models',
      'storage-user/input': 'input',
      'storage-user/output': 'output',
      'storage-user/workflows': 'user/default/workflows',
    },
    besides: { 'storage/.local/lib/python3.12/site-packages/a.py': '' },
    moves: true,
    base: 'ComfyUI',
    says: 'packages of Python 3.12',
  },
  {
    title: 'YanWenKun: state alone, as its newer images have it',
    state: {
      'storage-models/models': 'models',
      'storage-user/input': 'input',
      'storage-user/output': 'output',
      'storage-user/user-profile': 'user',
    },
    moves: true,
    base: '.',
  },
  {
    title: 'pixeloven: state below data',
    state: Object.fromEntries(['models', 'output', 'input', 'user'].map((name) => [`data/${name}`, name])),
    moves: true,
    base: '.',
  },
  {
    title: 'a single instance: state in the volume itself',
    state: Object.fromEntries(['models', 'output', 'input', 'user'].map((name) => [name, name])),
    moves: false,
    base: '.',
  },
]

/** Fills the volume the way the image leaves it; all of it is the volume’s owner’s. */
export function leave({ workspace }: World, { tree, git, state, besides }: Layout): void {
  const home = tree === undefined ? undefined : `${workspace}/${tree}`
  if (home !== undefined) cpSync(STAND_IN, home, { recursive: true, preserveTimestamps: true })
  if (home !== undefined && git) {
    execFileSync('git', ['-C', home, 'init', '--quiet'])
    execFileSync('git', ['-C', home, 'add', '--all'])
  }
  // Where state is kept elsewhere, the tree has only the empty folders that it was mounted on.
  for (const [holder, name] of Object.entries(state ?? {})) {
    if (home !== undefined) rmSync(`${home}/${name}`, { recursive: true, force: true })
    if (home !== undefined) mkdirSync(`${home}/${name}`, { recursive: true })
    mkdirSync(`${workspace}/${holder}`, { recursive: true })
  }
  const mine = Object.entries(MINE).map(([path, content]) => {
    const holder = Object.entries(state ?? {}).find(([, name]) => path.startsWith(`${name}/`))
    return [holder === undefined ? `${tree}/${path}` : holder[0] + path.slice(holder[1].length), content]
  })
  put(workspace, { ...Object.fromEntries(mine), ...besides })
  execFileSync('chown', ['-R', '1000:1000', workspace])
}

/** Writes files of the volume’s owner. */
export function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true })
    writeFileSync(`${folder}/${path}`, content)
    chownSync(`${folder}/${path}`, 1000, 1000)
  }
}

/** Files with their time and content, but for ours, ComfyUI’s own and what Python compiles. */
export function contents(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
  const theirs = paths.filter(
    (path) => !/^\.comfy-init|__pycache__|\.comfy-init|comfyui\.(db|log)/.test(path),
  )
  return new Map(
    theirs.map((path) => {
      const text = readFileSync(`${folder}/${path}`, 'latin1')
      return [path, `${statSync(`${folder}/${path}`).mtimeMs} ${statSync(`${folder}/${path}`).uid} ${text}`]
    }),
  )
}

/** How often each content is there. */
export function countsOf(files: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const content of files.values()) counts.set(content, (counts.get(content) ?? 0) + 1)
  return counts
}

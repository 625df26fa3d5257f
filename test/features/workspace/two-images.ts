import { lstat, mkdir, readdir, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Settings } from '../../../src/settings/settings.ts'
import { listing } from '../../support/tree-listing.ts'
import { bootWorkspace, movingSettings, steadyHost } from './real-boot.ts'

/** Files of a small image of ComfyUI, by version; the newer one lacks a file, has one more, and brings a node. */
const IMAGES: Readonly<Record<'0.33.0' | '0.34.0' | '0.35.0', Readonly<Record<string, string>>>> = {
  '0.33.0': {
    'main.py': 'print("0.33.0")\n',
    'comfyui_version.py': '__version__ = "0.33.0"\n',
    'requirements.txt': 'torch==2.9\n',
    'comfy/cli_args.py': 'parser.add_argument("--listen")\n',
    'comfy/old.py': 'gone later\n',
    'comfy/deep/er/old.py': 'gone later\n',
    'custom_nodes/example/__init__.py': 'first\n',
    'models/loras/put_loras_here': '',
    'input/example.png': 'picture',
    'output/_output_images_will_be_put_here': '',
  },
  '0.34.0': {
    'main.py': 'print("0.34.0")\n',
    'comfyui_version.py': '__version__ = "0.34.0"\n',
    'requirements.txt': 'torch==2.10\n',
    'comfy/cli_args.py': 'parser.add_argument("--listen")\nparser.add_argument("--new")\n',
    'comfy/new.py': 'new\n',
    'custom_nodes/example/__init__.py': 'second\n',
    'custom_nodes/bundled/__init__.py': 'bundled\n',
    'models/loras/put_loras_here': '',
    'models/new_category/put_new_models_here': '',
    'input/example.png': 'picture',
    'output/_output_images_will_be_put_here': '',
  },
  '0.35.0': {
    'main.py': 'print("0.35.0")\n',
    'comfyui_version.py': '__version__ = "0.35.0"\n',
    'requirements.txt': 'torch==2.11\n',
    'models/loras/put_loras_here': '',
  },
}

/** What a person put into the workspace, beside and inside what came with ComfyUI. */
export const THEIRS: Readonly<Record<string, string>> = {
  'custom_nodes/mine/__init__.py': 'my node\n',
  'custom_nodes/bundled/__init__.py': 'my own node of that name\n',
  'custom_nodes/example/settings.json': '{}',
  'models/loras/style.safetensors': 'weights',
  'models/mine/big.bin': 'weights',
  'user/default/workflow.json': '{"nodes":[]}',
  'user/comfyui.db': 'database of 0.33.0',
  'input/photo.png': 'photo',
  'output/ComfyUI_00001_.png': 'result',
  'extra_model_paths.yaml': 'comfyui:\n',
  'comfy/deep/er/notes.txt': 'my notes\n',
  'notes.txt': 'my notes\n',
  'line\nbreak.txt': 'odd name\n',
}

/** A folder with an image of this version at opt/ComfyUI; settings that move it into workspace/. */
export async function imageAt(root: string, version: keyof typeof IMAGES): Promise<Settings> {
  const home = `${root}/opt/ComfyUI`
  await rm(`${root}/opt`, { recursive: true, force: true })
  const minute = version === '0.33.0' ? 1 : 2
  for (const [name, text] of Object.entries(IMAGES[version]))
    await put(`${home}/${name}`, text, new Date(Date.UTC(2026, 0, 15, 0, minute)))
  await symlink('main.py', `${home}/run`)
  await mkdir(`${root}/workspace`, { recursive: true })
  return movingSettings(root)
}

/** A workspace that 0.33.0 was moved into and used by a person; then a container of the image 0.34.0. */
export async function usedWorkspace(root: string): Promise<Settings> {
  const settings = await imageAt(root, '0.33.0')
  await bootWorkspace(steadyHost(), settings)
  for (const [name, text] of Object.entries(THEIRS))
    await put(`${root}/workspace/ComfyUI/${name}`, text, new Date(Date.UTC(2026, 5, 1)))
  return imageAt(root, '0.34.0')
}

/** Writes a file with its folders, and a time that is not now. */
export async function put(path: string, text: string, time = new Date(Date.UTC(2026, 6, 1))): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await utimes(path, time, time)
}

/** The workspace as two runs are compared by: everything but the times of what we write ourselves. */
export async function workspaceOf(root: string): Promise<readonly string[]> {
  const lines = await listing(`${root}/workspace`)
  return lines.map((line) => (/\.comfy-init/.test(line) ? line.replace(/ [0-9a-f]{12} \d+$/, '') : line))
}

/** Paths of all files below a folder, relative to it. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((each) => !each.isDirectory())
    .map((each) => `${each.parentPath}/${each.name}`.slice(folder.length + 1))
    .sort()
}

/** A link's target, or what else lies there. */
export async function linkAt(path: string): Promise<string> {
  return (await lstat(path)).isSymbolicLink() ? readlink(path) : 'no link'
}

import { execFileSync } from 'node:child_process'
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { layoutOf } from '../../src/base/layout.ts'
import type { Mount, WorkspaceTree } from '../../src/facts/facts.ts'
import { type Foreign, lookForeign } from '../../src/facts/foreign-layout.ts'
import { realFs } from '../../src/host/fs.ts'
import { aMarker, aMount } from '../support/world.ts'

/** What a small ComfyUI consists of. */
export const COMFYUI = {
  'main.py': 'print("ComfyUI")\n',
  'nodes.py': 'nodes\n',
  'execution.py': 'execution\n',
  'folder_paths.py': 'paths\n',
  'server.py': 'server\n',
  'comfyui_version.py': '__version__ = "0.30.0"\n',
  'requirements.txt': 'torch\n',
  'README.md': 'read\n',
  '.github/workflow.yml': 'ci\n',
  'comfy/cli_args.py': 'args\n',
  'comfy/model_management.py': 'models\n',
  'comfy/utils.py': 'utils\n',
  'comfy/options.py': 'options\n',
  'models/loras/put_loras_here': '',
  'custom_nodes/example.py': 'example\n',
  'input/example.png': 'png',
} as const

const OLD = new Date(Date.UTC(2026, 0, 15))

/** Writes files, and links for those that begin with `→ `, with the folders that they need. */
export async function fill(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(`${folder}/${name}`), { recursive: true })
    if (text.startsWith('→ ')) await symlink(text.slice(2), `${folder}/${name}`)
    else await writeFile(`${folder}/${name}`, text).then(() => utimes(`${folder}/${name}`, OLD, OLD))
  }
}

/** Makes a folder a git tree whose files are all tracked. */
export function track(tree: string): void {
  execFileSync('git', ['-C', tree, 'init', '--quiet'])
  execFileSync('git', ['-C', tree, 'add', '--all'])
}

/** How the workspace is looked at. */
export type Looking = {
  readonly state?: WorkspaceTree['state']
  readonly mounts?: readonly string[]
  readonly home?: string
}

/** What is found in a workspace of another image. */
export function lookAt(workspace: string, looking: Looking = {}): Promise<Foreign | undefined> {
  const points = ['/', workspace, ...(looking.mounts ?? [])]
  const mounts: readonly Mount[] = points.map((point) => aMount({ point }))
  const tree = treeIn(looking.state ?? 'absent')
  return lookForeign(
    realFs(),
    { home: looking.home },
    { first: { layout: layoutOf(workspace), mounts }, trees: { tree, mayMove: true } },
  )
}

function treeIn(state: WorkspaceTree['state']): WorkspaceTree {
  switch (state) {
    case 'unclear':
      return { state, record: '/switch.json' }
    case 'foreign':
      return { state, found: ['main.py'] }
    case 'ours':
      return { state, marker: aMarker(), isLinked: false }
    case 'absent':
    case 'empty':
    case 'torn':
      return { state }
    case 'switching':
      return {
        state,
        record: {
          ...{ layout: 1, act: 'adopt', phase: 'fetch', from: undefined, to: 'x', startedAt: '' },
          isOlder: false,
        },
      }
  }
}

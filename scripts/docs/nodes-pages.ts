import type { NodesLock } from '../../src/base/node.ts'
import { lockText } from '../../src/features/nodes/lock/lock-text.ts'
import { KEY_TEXTS } from '../../src/features/nodes/manifest/keys.ts'

const MANIFEST = `<!-- Made by npm run docs from src/features/nodes/manifest/; edit there. -->

# nodes.yaml

Says which custom nodes are wanted. There may be two: the image’s \`/etc/comfy-init/nodes.yaml\` and the workspace’s
\`<workspace>/.comfy-init/nodes.yaml\`; \`COMFY_NODES\` comes after both. Of entries for one folder the later one counts, as a
whole. Folders that differ only in the case of letters are one.

\`\`\`yaml
nodes:
  - rgthree/rgthree-comfy@v1.0.2507112302
  - comfyui-kjnodes@1.1.3
  - git: https://github.com/kijai/ComfyUI-WanVideoWrapper
    only-if: gpu
    required: true
  - folder: comfyui_controlnet_aux # which an earlier file asks for
    enabled: false
\`\`\`

- *No nodes.yaml and no COMFY_NODES*: ComfyUI-Manager and comfyui_controlnet_aux. A nodes.yaml without entries asks for none.
- *A file that cannot be read* is a warning and asks for nothing. Nodes that are there stay.
- *An entry that cannot be used* is a warning that names file and line, and the other entries count. It stops the start only
  where it says \`required: true\`.
- *Two entries for one folder in one file*: the first counts, the other one is a warning.
- *Which one exactly* is in [nodes.lock.json](nodes-lock.md), and stays so until \`comfy-init nodes update\`.
- [nodes.schema.json](../nodes.schema.json) lets editors check the file.

## Short form

An entry may be one text:

| text | means |
|---|---|
| \`ComfyUI-Manager\`, \`comfyui_controlnet_aux\` | their repositories, in any case of letters, with \`@ref\` where wanted |
| \`owner/repository[@ref]\` | a repository on GitHub, with a branch, tag or commit |
| \`https://host/path[@ref]\`, also http, ssh, git, file | a repository anywhere |
| \`https://host/name.zip#sha256=…\` | an archive |
| \`/path/of/a/folder\` | a folder on this machine |
| \`id[@version]\` | anything else: a node of the Comfy Registry |

## Mapping

One of \`registry\`, \`git\`, \`zip\` and \`path\` says where the node comes from. Passwords and tokens in addresses are refused: set
\`COMFY_GIT_CREDENTIALS\`.
`

/** docs/reference/nodes-yaml.md. */
export function manifestPage(): string {
  const keys = Object.entries(KEY_TEXTS).map(
    ([key, { about, example }]) => `### ${key}\n\n${about}\n\n\`\`\`yaml\n${example}\n\`\`\`\n`,
  )
  return [MANIFEST, ...keys].join('\n')
}

const SAMPLE: NodesLock = {
  version: 1,
  comfyui: { version: '0.33.0', commit: 'ab12cd34'.repeat(5) },
  identity: { python: '3.12', arch: 'x64', torch: '2.8.0+cu128', cuda: '12.8', image: '1a2b3c4d5e6f7081' },
  nodes: [
    {
      folder: 'comfyui-kjnodes',
      source: { kind: 'registry', id: 'comfyui-kjnodes', version: undefined },
      version: '1.1.3',
      archive: { url: 'https://example.org/node.zip', sha256: '5f'.repeat(32) },
      tree: 'a7'.repeat(32),
    },
    {
      folder: 'rgthree-comfy',
      source: { kind: 'git', url: 'https://github.com/rgthree/rgthree-comfy', ref: 'v1.0.2507112302' },
      commit: 'c0ffee00'.repeat(5),
      tree: '3d'.repeat(32),
    },
  ],
  packages: [{ name: 'einops', version: '0.8.1', for: ['comfyui-kjnodes'] }],
}

/** Keys of a lock, each with a sentence. */
const LOCK_KEYS: readonly (readonly [string, string])[] = [
  ['version', 'Of the format: 1.'],
  ['comfyui', 'Which ComfyUI the lock was made with, its version and commit; noted, not restored.'],
  [
    'identity',
    'What the packages were resolved for: Python, architecture, torch, CUDA and the image’s own packages.',
  ],
  ['nodes', 'One entry per node, sorted by folder.'],
  ['nodes[].folder', 'Name of its folder in custom_nodes.'],
  [
    'nodes[].source',
    'Where it comes from, as the manifest says it: `kind` is git, registry, zip or path. An entry whose source is another one than the manifest’s does not count.',
  ],
  ['nodes[].commit', 'Of a git node: the whole commit that is checked out.'],
  ['nodes[].version', 'Of a registry node.'],
  ['nodes[].archive', 'Of a registry or zip node: the URL it was got from, and the SHA-256 it must have.'],
  ['nodes[].tree', 'Digest of its files, by which a change made by hand is noticed.'],
  [
    'packages',
    'One entry per Python package, sorted by name: `name`, `version`, and the folders of the nodes it is `for`.',
  ],
]

/** docs/reference/nodes-lock.md. */
export function lockPage(): string {
  const keys = LOCK_KEYS.map(([key, about]) => `- \`${key}\`: ${about}`)
  return `<!-- Made by npm run docs from scripts/docs/nodes-pages.ts; edit there. -->

# nodes.lock.json

Says which commit, version and package exactly. \`comfy-init nodes lock\` writes it, and every start brings it up to what it
checked out and installed. There may be three: the workspace’s \`<workspace>/.comfy-init/nodes.lock.json\` is followed before the
image’s \`/etc/comfy-init/nodes.lock.json\`, and that before the one in the vendor folder.

It is made by the program, and a file to keep in a repository: entries have one order, so that a change shows as that. It is
followed as a whole or not at all; one that cannot be read is a warning. Passwords and tokens never get into it.
[nodes-lock.schema.json](../nodes-lock.schema.json) is its schema.

## Keys

${keys.join('\n')}

## Example

\`\`\`json
${lockText(SAMPLE)}\`\`\`
`
}

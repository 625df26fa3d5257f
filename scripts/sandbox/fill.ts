import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folders of a sandbox: what the image brings, the person's volume, and the models shared read-only. */
export type Sandbox = { readonly image: string; readonly workspace: string; readonly models: string }

const STAND_IN = join(import.meta.dirname, '../../test/support/comfyui')

/** Fills a folder with an image layer (stand-in ComfyUI and two nodes), a workspace and shared models; keeps a workspace that is there. */
export function fillSandbox(top: string, workspace: string): Sandbox {
  const sandbox = { image: `${top}/image`, workspace: `${top}/${workspace}`, models: `${top}/models` }
  mkdirSync(sandbox.workspace, { recursive: true })
  if (!existsSync(`${sandbox.image}/opt/ComfyUI/main.py`)) {
    cpSync(STAND_IN, `${sandbox.image}/opt/ComfyUI`, { recursive: true, preserveTimestamps: true })
    writeNode(`${sandbox.image}/opt/ComfyUI/custom_nodes/stripes`, 'Stripes')
    writeNode(`${sandbox.image}/opt/comfy-init/nodes/checkers`, 'Checkers')
  }
  for (const [folder, file] of [
    ['checkpoints', 'small.safetensors'],
    ['loras', 'style.safetensors'],
    ['LLM', 'words.gguf'],
  ] as const) {
    mkdirSync(`${sandbox.models}/${folder}`, { recursive: true })
    writeFileSync(`${sandbox.models}/${folder}/${file}`, `stands for ${file}\n`)
  }
  return sandbox
}

/** Writes a custom node of one class that does nothing, the way ComfyUI wants it. */
export function writeNode(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/__init__.py`, nodeCode(name, 'sandbox'))
}

/** Python code of a custom node with one class of this name, which does nothing, in this category of ComfyUI's menu. */
export function nodeCode(name: string, category: string): string {
  return [
    `class ${name}:`,
    '    RETURN_TYPES = ()',
    '    FUNCTION = "run"',
    `    CATEGORY = "${category}"`,
    '',
    '    @classmethod',
    '    def INPUT_TYPES(cls):',
    '        return {"required": {}}',
    '',
    '    def run(self):',
    '        return ()',
    '',
    '',
    `NODE_CLASS_MAPPINGS = {"${name}": ${name}}`,
    '',
  ].join('\n')
}

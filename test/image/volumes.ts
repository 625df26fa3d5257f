import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { tempFolder } from '../support/temp-folder.ts'

/** Whose a folder on the host is, and what others may do with it. */
export type Owner = { readonly uid: number; readonly gid: number; readonly mode: number }

const COMFY: Owner = { uid: 1000, gid: 1000, mode: 0o755 }

/** An empty folder on the host to mount at /workspace; 1000:1000 owns it unless said otherwise. */
export async function workspaceFolder({ uid, gid, mode }: Owner = COMFY): Promise<string> {
  const folder = `${await tempFolder()}/workspace`
  mkdirSync(folder)
  chownSync(folder, uid, gid)
  chmodSync(folder, mode)
  return folder
}

/** A folder of models on the host: one that ComfyUI has a category for, one that only nodes know. */
export async function modelsFolder(): Promise<string> {
  const folder = `${await tempFolder()}/models`
  for (const [name, file] of [
    ['checkpoints', 'shared.safetensors'],
    ['LLM', 'words.gguf'],
  ] as const) {
    mkdirSync(`${folder}/${name}`, { recursive: true })
    writeFileSync(`${folder}/${name}/${file}`, `stands for ${file}\n`)
  }
  return folder
}

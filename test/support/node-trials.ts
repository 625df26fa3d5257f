import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checking } from '../../src/features/node-check/check-imports.ts'
import { FLAGS } from './recent-comfyui.ts'
import { tempFolder } from './temp-folder.ts'

/** The stand-in ComfyUI with these custom nodes, by folder with the text of their `__init__.py`, ready to be tried. */
export async function someNodes(
  nodes: Readonly<Record<string, string>>,
  overrides: Partial<Checking> = {},
): Promise<Checking & { readonly base: string }> {
  const base = await tempFolder()
  await Promise.all(['custom_nodes', 'user', 'input', 'output'].map((name) => mkdir(`${base}/${name}`)))
  for (const [folder, code] of Object.entries(nodes)) await writeNode(base, folder, code)
  return {
    base,
    service: {
      file: 'python3',
      args: [join(import.meta.dirname, 'comfyui/main.py'), '--cpu', '--log-stdout', '--base-directory', base],
      env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
      cwd: base,
    },
    flags: new Set(FLAGS),
    folders: [`${base}/custom_nodes`],
    scratch: `${base}/scratch`,
    secrets: [],
    signal: new AbortController().signal,
    logFile: `${base}/logs/import-check.log`,
    importsFile: `${base}/imports.json`,
    asked: 'these nodes',
    leave: new Set(),
    canLeaveOut: true,
    limitMs: 60_000,
    totalMs: 120_000,
    ...overrides,
  }
}

/** A node that ComfyUI loads. */
export const GOOD = 'NODE_CLASS_MAPPINGS = {}'

/** Writes a node's `__init__.py`. */
export async function writeNode(base: string, folder: string, code: string): Promise<void> {
  const path = `${base}/custom_nodes/${folder}`
  await mkdir(path, { recursive: true })
  await writeFile(`${path}/__init__.py`, `${code}\n`)
}

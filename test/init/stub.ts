import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Box } from '../support/container.ts'
import { makeWorld, markBirth, type World } from '../support/story.ts'

/** Puts a program of this folder into an image; gives its path there. */
export function give(box: Box, name: string): string {
  return giveText(box, name, readFileSync(join(import.meta.dirname, 'programs', name), 'utf8'))
}

/** Puts a program of this text into an image; gives its path there. */
export function giveText({ layer }: Box, name: string, text: string): string {
  mkdirSync(`${layer}/opt/programs`, { recursive: true })
  writeFileSync(`${layer}/opt/programs/${name}`, text, { mode: 0o755 })
  return `/opt/programs/${name}`
}

/** What the stub is to do besides answering, see programs/stub-python.py. */
export type Stub =
  | 'deaf-member'
  | 'tidy-member'
  | 'holds-port'
  | 'holds-port-outside'
  | 'holds-pipes'
  | 'one-copy'
  | 'says-paths'
  | 'slow'
  | 'answers'

/** A world where a small stub stands for ComfyUI's Python, and what it takes to boot with it. */
export async function stubWorld(
  stub: Stub,
): Promise<{ readonly world: World; readonly env: Readonly<Record<string, string>> }> {
  const world = await makeWorld()
  // It answers whatever it is started for: a trial of nodes would never end.
  const env = { COMFY_PYTHON: give(world.box, 'stub-python.py'), COMFY_NODE_CHECK: 'off', STUB: stub }
  markBirth(world.box)
  return { world, env }
}

import type { Desk, Typed } from './desk.ts'

/** `comfy-init events`. */
export async function events(_desk: Desk, _typed: Typed): Promise<number> {
  return 0
}

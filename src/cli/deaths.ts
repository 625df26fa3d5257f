import type { Desk, Typed } from './desk.ts'

/** `comfy-init deaths`. */
export async function deaths(_desk: Desk, _typed: Typed): Promise<number> {
  return 0
}

/** What a line of ComfyUI's output says about its queue. */
export type Word = 'worker-died' | 'queued' | 'done' | 'other'

/** Longest line that can be one of those, bytes. */
const MOST_BYTES = 300

/**
 * What a line says about the queue. Python names the thread that an exception ended: `Exception in thread Thread-4
 * (prompt_worker):`. What ends it by SystemExit says nothing at all.
 */
export function wordIn(bytes: Uint8Array): Word {
  if (bytes.length > MOST_BYTES) return 'other'
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  if (line.startsWith('Exception in thread ') && line.includes('prompt_worker')) return 'worker-died'
  if (line.endsWith('got prompt')) return 'queued'
  return line.includes('Prompt executed in ') ? 'done' : 'other'
}

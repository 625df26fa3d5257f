import type { Clock } from '../../host/clock.ts'
import type { Lane } from './lane.ts'

/** The beginning of a line waits no longer for its end, milliseconds, and no more of it does, bytes. */
const MOST_WAIT_MS = 200
const MOST_WAITING_BYTES = 64 * 1024

/**
 * Passes bytes on exactly as they come, whole lines at once: what another stream writes meanwhile stands between lines.
 * A question, or a line that takes long, is not held up for its end.
 */
export function bytesLane({
  clock,
  write,
}: {
  readonly clock: Clock
  readonly write: (chunk: Uint8Array) => void
}): Lane {
  let begun: Uint8Array[] = []
  let begunBytes = 0
  let forget = () => {}
  const writeAll = (last: Uint8Array) => {
    forget()
    forget = () => {}
    const all = begunBytes === 0 ? last : Buffer.concat([...begun, last])
    begun = []
    begunBytes = 0
    if (all.length > 0) write(all)
  }
  return {
    push: (chunk) => {
      const end = endOfLines(chunk)
      if (end > 0) writeAll(chunk.subarray(0, end))
      if (end === chunk.length) return
      if (begunBytes === 0) forget = clock.after(MOST_WAIT_MS, () => writeAll(NOTHING))
      // A copy: a few bytes must not hold the whole chunk in memory.
      begun.push(Uint8Array.from(chunk.subarray(end)))
      begunBytes += chunk.length - end
      if (begunBytes > MOST_WAITING_BYTES) writeAll(NOTHING)
    },
    end: () => writeAll(NOTHING),
  }
}

const NOTHING = new Uint8Array(0)

// A progress bar goes back to its start: another line may follow there too.
function endOfLines(bytes: Uint8Array): number {
  return Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1
}

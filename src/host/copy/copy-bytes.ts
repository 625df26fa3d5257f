import type { Calls, Found, Open } from './calls.ts'
import { checkpoint } from './control.ts'
import type { Trees } from './trees.ts'

type Size = Pick<Found, 'bytes' | 'storedBytes'>

/** Where the bytes go, and what was known of the file before. */
type Aim = { readonly target: Open; readonly seen: Size }

/** A part of a file, from one place up to another. */
type Part = { readonly target: Open; readonly from: number; readonly to: number; readonly seen: Size }

/** Copies what is in a file: shared where the filesystem can, holes left as holes. */
export function copyBytes(trees: Trees, open: Open, { target, seen }: Aim): void {
  if (seen.bytes === 0) return
  const { calls, learned, buffer } = trees
  if (learned.shares) {
    learned.shares = calls.share(open, target)
    if (learned.shares) return
  }
  if (isSparse(seen)) {
    copyPart(trees, open, { target, from: 0, to: seen.bytes, seen })
    calls.setBytes(target, seen.bytes)
    return
  }
  for (let at = 0; at < seen.bytes; ) {
    const bytes = calls.read(open, buffer, at)
    if (bytes === 0) return
    calls.write(target, { buffer, bytes, at })
    at += bytes
    if (at < seen.bytes) checkpoint(trees.assignment.control)
  }
}

/** Copies a part of a file and passes over its holes; tells how far it is. */
export function copyPart(
  { calls, buffer, assignment }: Trees,
  open: Open,
  { target, from, to, seen, tellBytes = () => {} }: Part & { readonly tellBytes?: (bytes: number) => void },
): void {
  const sparse = isSparse(seen)
  for (let at = from; at < to; ) {
    const data = sparse ? dataIn(calls, open, [at, to]) : ([at, to] as const)
    tellBytes(data[0] - at)
    for (at = data[0]; at < data[1]; ) {
      checkpoint(assignment.control)
      const part = data[1] - at < buffer.length ? buffer.subarray(0, data[1] - at) : buffer
      const bytes = calls.read(open, part, at)
      if (bytes === 0) return
      if (!(sparse && isZero(part, bytes))) calls.write(target, { buffer: part, bytes, at })
      tellBytes(bytes)
      at += bytes
    }
  }
}

/** A file that takes so much less than its size has holes, or is compressed: then its data has none. */
function isSparse({ bytes, storedBytes }: Size): boolean {
  return bytes - storedBytes >= SLACK_BYTES
}

function dataIn(calls: Calls, open: Open, [at, end]: readonly [number, number]): readonly [number, number] {
  const [from, to] = calls.dataFrom(open, at) ?? [end, end]
  return [Math.min(from, end), Math.min(to, end)]
}

function isZero(buffer: Buffer, bytes: number): boolean {
  return buffer[0] === 0 && buffer.compare(buffer, 1, bytes, 0, bytes - 1) === 0
}

const SLACK_BYTES = 64 * 1024

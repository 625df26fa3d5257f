/** Threads for so many operations in flight: where each is short, a thread keeps several going, since it reads ahead. */
export function threadsFor(width = 16): number {
  return Math.min(MOST, Math.max(FEWEST, Math.ceil(width / PER_THREAD)))
}

const FEWEST = 2
/** Each takes 15 ms to start and 15 MB in the end. */
const MOST = 6
const PER_THREAD = 8

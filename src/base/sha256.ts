/**
 * The SHA-256 of a short text (UTF-8), in hexadecimal. For names that tell things apart: node:crypto has it too, but loading
 * that takes 7 ms of a warm start.
 */
export function sha256(text: string): string {
  const words = paddedWords(new TextEncoder().encode(text))
  const state = new Int32Array(START)
  const schedule = new Int32Array(64)
  for (let at = 0; at < words.length; at += 16) {
    fillSchedule(schedule, words.subarray(at, at + 16))
    mixIn(state, schedule)
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

// FIPS 180-4: the first 32 bits of the fractions of roots of the first primes, square roots and cube roots.
const PRIMES = firstPrimes(64)
const START = PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)))
const ROUNDS = Int32Array.from(PRIMES, (prime) => fractionBits(Math.cbrt(prime)))

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = []
  for (let number = 2; primes.length < count; number++)
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  return primes
}

function fractionBits(value: number): number {
  return ((value % 1) * 2 ** 32) | 0
}

/** The bytes, a 1 bit, zeros up to a multiple of 64 bytes, and the length in bits at its end. */
function paddedWords(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(Math.ceil((bytes.length + 9) / 64) * 16)
  const put = (at: number, byte: number) => {
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - 8 * (at & 3)))
  }
  bytes.forEach((byte, at) => {
    put(at, byte)
  })
  put(bytes.length, 0x80)
  words[words.length - 2] = Math.floor((bytes.length * 8) / 2 ** 32)
  words[words.length - 1] = bytes.length * 8
  return words
}

function fillSchedule(schedule: Int32Array, block: Int32Array): void {
  schedule.set(block)
  for (let at = 16; at < 64; at++) {
    const [near, far] = [schedule[at - 2] ?? 0, schedule[at - 15] ?? 0]
    const mixedFar = turn(far, 7) ^ turn(far, 18) ^ (far >>> 3)
    const mixedNear = turn(near, 17) ^ turn(near, 19) ^ (near >>> 10)
    schedule[at] = (schedule[at - 16] ?? 0) + mixedFar + (schedule[at - 7] ?? 0) + mixedNear
  }
}

function mixIn(state: Int32Array, schedule: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let at = 0; at < 64; at++) {
    const choice = (e & f) ^ (~e & g)
    const rise =
      h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + (ROUNDS[at] ?? 0) + (schedule[at] ?? 0)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const fall = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + rise) | 0, c, b, a, (rise + fall) | 0]
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = (state[at] ?? 0) + word
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

import { closeSync, openSync, readSync } from 'node:fs'

const machines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 }

/** True when the file begins as a 64-bit little-endian ELF program for this (or the named) processor.
 *  execve of anything else either fails late or, through libuv's execvp, runs the file as a shell script. */
export function isProgramFor(path: string, arch: string = process.arch): boolean {
  const head = Buffer.alloc(20)
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return false
  }
  try {
    if (readSync(file, head, 0, head.length, 0) < head.length) return false
  } catch {
    return false
  } finally {
    closeSync(file)
  }
  return elfMachine(head) === machines[arch]
}

/** The e_machine of a 64-bit little-endian ELF program whose first 20 bytes these are, else undefined. */
export function elfMachine(head: Buffer): number | undefined {
  const isElf64 = head.length >= 20 && head.readUInt32BE(0) === 0x7f454c46 && head[4] === 2 && head[5] === 1
  return isElf64 ? head.readUInt16LE(18) : undefined
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { elfMachine } from '../../src/host/reaper/elf.ts'
import type { Architecture } from '../binary/base-node.ts'

/** A built binary: its bytes, their SHA-256 in hexadecimal, and the versions of the programs inside. */
export type Binary = {
  readonly bytes: Buffer
  readonly sha256: string
  readonly node: string
  readonly tini: string
}

const machines: Readonly<Record<Architecture, number>> = { x64: 62, arm64: 183 }

/** Reads a binary; throws when it is missing, is of another architecture, or does not hold what a release promises. */
export async function readBinary(path: string, arch: Architecture): Promise<Binary> {
  const bytes = await readFile(path).catch(() => undefined)
  const refuse = (why: string) => new Error(`Cannot release ${path}. ${why}`)
  if (bytes === undefined) throw refuse('It is not there; type «npm run binary -- all».')
  if (elfMachine(bytes) !== machines[arch]) throw refuse(`It is no program for ${arch}.`)
  const node = versionAfter(bytes, 'node.js/v')
  if (node === undefined) throw refuse('It holds no Node.')
  const tini = versionAfter(bytes, 'tini version ')
  if (tini === undefined) throw refuse('It holds no tini; the build said why.')
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), node, tini }
}

/** The first version that stands right behind the word; the word alone is in our own text too. */
function versionAfter(bytes: Buffer, word: string): string | undefined {
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) {
    const start = at + word.length
    const found = /^\d+\.\d+\.\d+/.exec(bytes.toString('latin1', start, start + 16))?.[0]
    if (found !== undefined) return found
  }
  return undefined
}

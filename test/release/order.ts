import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Architecture } from '../../scripts/binary/base-node.ts'
import type { Order } from '../../scripts/release/make-release.ts'
import { TOP } from '../rules/source.ts'

const machines: Readonly<Record<Architecture, number>> = { x64: 62, arm64: 183 }

/** What a binary says of itself: enough of an ELF program to be taken for one, and the versions of what is inside. */
export function smallBinary(
  arch: Architecture,
  says = '\0node.js/v26.10.0\0/^tini version \\d/\0tini version 0.19.0\0',
): Buffer {
  const head = Buffer.alloc(64)
  head.writeUInt32BE(0x7f454c46, 0)
  head.writeUInt16BE(0x0201, 4)
  head.writeUInt16LE(machines[arch], 18)
  return Buffer.concat([head, Buffer.from(says)])
}

/** An order for a trial release of this repository with two small binaries, in a temporary folder. */
export function smallOrder(): Order {
  const folder = mkdtempSync(join(tmpdir(), 'release-'))
  const binaries = join(folder, 'dist')
  mkdirSync(binaries)
  writeFileSync(join(binaries, 'comfy-init-linux-x64'), smallBinary('x64'))
  writeFileSync(join(binaries, 'comfy-init-linux-arm64'), smallBinary('arm64'))
  return { top: TOP, binaries, output: join(folder, 'out/release'), epochS: 1_700_000_000 }
}

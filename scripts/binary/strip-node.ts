import { stat } from 'node:fs/promises'
import type { Architecture } from './base-node.ts'
import { runTool } from './run-tool.ts'

const gnuStrips: Readonly<Record<Architecture, readonly string[]>> = {
  x64: ['x86_64-linux-gnu-strip'],
  arm64: ['aarch64-linux-gnu-strip'],
}

/** Takes the debug symbols out of a Node program in place: 150 MB become 116 MB.
 *  Must run before anything is injected. Without a fitting strip program the file stays as it is, with a line that says so. */
export async function stripNode(path: string, arch: Architecture): Promise<void> {
  const own = arch === process.arch ? ['strip'] : []
  const before = (await stat(path)).size
  for (const tool of [...own, ...gnuStrips[arch], 'llvm-strip']) {
    try {
      await runTool(tool, [path])
      return
    } catch {
      // Not installed, or it does not know this processor.
    }
  }
  console.log(
    `No strip program for ${arch}: the binary keeps its ${(before / 1e6).toFixed(0)} MB. Install binutils for less.`,
  )
}

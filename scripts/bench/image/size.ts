import { runProgram } from '../../image-test/said.ts'
import type { Bench } from './container.ts'

const WITHIN = { plain: 120, packed: 45 }

/** Prints what the binary adds to an image, as it is and gzipped (megabytes of 1,000,000 bytes). */
export async function measureSize({ program, image }: Bench): Promise<void> {
  const file = '/usr/local/bin/comfy-init'
  const line = `wc -c <${file}; gzip -6 -c ${file} | wc -c`
  const look = ['run', '--rm', '--network', 'host', '--entrypoint', 'sh', image, '-c', line]
  const [plain = 0, packed = 0] = (await runProgram(program, look)).out.trim().split('\n').map(Number)
  console.log(`binary in the image                 ${inMegabytes(plain)} MB (bar ${WITHIN.plain} MB)`)
  console.log(`binary in the image, gzipped        ${inMegabytes(packed)} MB (bar ${WITHIN.packed} MB)\n`)
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

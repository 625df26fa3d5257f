import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const binary = join(import.meta.dirname, '../../dist/comfy-init-linux-arm64')

/** Where the emulator finds the libraries of arm64: Debian's libc6-arm64-cross and libstdc++6-arm64-cross, or another root. */
const libraries = process.env.QEMU_LD_PREFIX ?? '/usr/aarch64-linux-gnu'
const loader = join(libraries, 'lib/ld-linux-aarch64.so.1')

const emulator = ['/usr/bin/qemu-aarch64-static', '/usr/bin/qemu-aarch64'].find((path) => existsSync(path))

/** Why the binary cannot be run here, or undefined. */
function reason(): string | undefined {
  if (!existsSync(binary)) return `there is no ${binary}`
  if (process.arch === 'arm64') return undefined
  if (emulator === undefined) return 'this machine is no arm64 and has no qemu-aarch64'
  return existsSync(loader) ? undefined : `there is no ${loader} for the emulator`
}

function run(...words: readonly string[]): { readonly status: number | null; readonly out: string } {
  const [file = '', ...args] =
    process.arch === 'arm64' ? [binary, ...words] : [emulator ?? '', '-L', libraries, binary, ...words]
  const { status, stdout } = spawnSync(file, args, { encoding: 'utf8' })
  return { status, out: stdout }
}

test('the binary for arm64 starts and looks at its machine', ({ skip }) => {
  const why = reason()
  skip(why !== undefined, why)

  expect(run('--version')).toEqual({ status: 0, out: expect.stringMatching(/Node v26\..*, arm64\)/) })
  const { out } = run('doctor', '--json')
  expect(JSON.parse(out)).toHaveProperty('facts')
})

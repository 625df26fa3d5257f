import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { architectures, baseNode } from '../../scripts/binary/base-node.ts'
import { dropLocales } from '../../scripts/binary/drop-locales.ts'
import { parseElf, readLong } from '../../scripts/binary/elf-file.ts'
import { findIcuData } from '../../scripts/binary/icu-data.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { fallsBack, isRefused, staysTheSame } from './languages.ts'

const BAR_BYTES = 100e6
const LIST_OF_SEGMENTS = 6

let whole: Buffer = Buffer.alloc(0)
let small: Buffer = Buffer.alloc(0)
beforeAll(async () => {
  whole = readFileSync(await baseNode(process.arch === 'arm64' ? 'arm64' : 'x64'))
  small = dropLocales(whole)
})

/** What a Node program gives for expressions, under a locale and a time zone. */
async function answers(program: Buffer, expressions: readonly string[], env = {}): Promise<unknown> {
  const path = join(await tempFolder(), 'node')
  writeFileSync(path, program, { mode: 0o755 })
  const script = `const answer = (f) => { try { return f() } catch (error) { return String(error) } }
    console.log(JSON.stringify({ ${expressions.map((each) => `[${JSON.stringify(each)}]: answer(() => ${each})`)} }))`
  const { stdout, stderr, signal } = spawnSync(path, ['-e', script], { env, encoding: 'utf8' })
  expect({ stderr, signal }).toEqual({ stderr: '', signal: null })
  return JSON.parse(stdout)
}

describe('a Node program without languages', () => {
  test.each([{}, { LC_ALL: 'de_DE.UTF-8', TZ: 'Europe/Berlin' }, { LC_ALL: 'C', TZ: 'Absent/Nowhere' }])(
    'answers as the whole one does, with %o',
    async (env) => {
      // The names of days and months of the machine's own language are among what is taken out.
      const asked = 'LC_ALL' in env && env.LC_ALL !== 'C' ? staysTheSame.anyLocale : staysTheSame.all

      expect(await answers(small, asked, env)).toEqual(await answers(whole, asked, env))
    },
  )

  test('speaks English where it is asked for another language', async () => {
    expect(await answers(small, Object.keys(fallsBack))).toEqual(fallsBack)
  })

  test('refuses the encodings it lost, as one that never was', async () => {
    expect(await answers(small, Object.keys(isRefused))).toEqual(isRefused)
  })

  test('can be mapped by every kernel', () => {
    expectToBeMapped(small, 4096)
  })

  test('has every byte at the address it had, but for the languages', () => {
    const [before, after] = [parseElf(whole), parseElf(small)]
    const languages = findIcuData(small)?.offset ?? 0
    const from = (bytes: Buffer, start: number, length: number) => bytes.subarray(start, start + length)

    expect(after.segments).toHaveLength(before.segments.length + 1)
    for (const { offset, address, fileBytes } of after.segments) {
      // The program's own header says where the list of segments is.
      const skipped = offset === 0 ? 64 : 0
      const length = languages > offset && languages < offset + fileBytes ? languages - offset : fileBytes
      const was = from(whole, before.offsetOf(address) + skipped, length - skipped)
      expect(from(small, offset + skipped, length - skipped).equals(was)).toBe(true)
    }
  })
})

describe('a program that is built in another way is left as it is, which is said', () => {
  const kept = (program: Buffer) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    onTestFinished(() => log.mockRestore())
    expect(dropLocales(program) === program).toBe(true)
    expect(log.mock.calls.flat().join()).toMatch(/^This Node program .* keeps all languages/)
  }

  test('without languages', () => kept(Buffer.alloc(4096)))

  test('with none left to take out', () => kept(small))

  test('with languages twice', () => kept(Buffer.concat([whole, whole])))

  test('with its first segment at another distance', () => {
    const other = Buffer.from(whole)
    const header = parseElf(other).segments[0]?.header ?? 0
    other.writeBigUInt64LE(other.readBigUInt64LE(header + 16) + 65536n, header + 16)
    kept(other)
  })
})

describe.each(architectures)('the binary for %s', (arch) => {
  const path = join(import.meta.dirname, `../../dist/comfy-init-linux-${arch}`)
  const isMissing = !existsSync(path)

  test('is smaller than 100 MB', ({ skip }) => {
    skip(isMissing, `there is no ${path}`)
    expect(statSync(path).size).toBeLessThan(BAR_BYTES)
  })

  test('can be mapped by every kernel', ({ skip }) => {
    skip(isMissing, `there is no ${path}`)
    expectToBeMapped(readFileSync(path), arch === 'arm64' ? 65536 : 4096)
  })
})

/** Whole pages in order, and the list of segments where kernels before 5.18 look for it: by its place in the file. */
function expectToBeMapped(bytes: Buffer, pageBytes: number): void {
  const { segments, offsetOf } = parseElf(bytes)
  let end = 0
  for (const { address, offset, fileBytes } of segments) {
    expect(address).toBeGreaterThanOrEqual(end)
    expect((address - offset) % pageBytes).toBe(0)
    end = address + fileBytes
  }

  const list = readLong(bytes, 32)
  const address = (segments[0]?.address ?? 0) + list
  expect(bytes.readUInt32LE(list)).toBe(LIST_OF_SEGMENTS)
  expect(readLong(bytes, list + 16)).toBe(address)
  expect(offsetOf(address)).toBe(list)
}

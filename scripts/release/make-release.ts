import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Architecture, architectures } from '../binary/base-node.ts'
import { packBinary } from './pack-binary.ts'
import { productionPackages } from './production-packages.ts'
import { readBinary } from './read-binary.ts'
import { readAgreed } from './release-notes.ts'
import { sbomOf } from './sbom.ts'
import { thirdPartyNotices } from './third-party-notices.ts'

/** What a release is made from: the repository, the folder of the binaries, the folder to make, the time of all its files
 *  in seconds, and the tag it gets; without one it is a trial. */
export type Order = {
  readonly top: string
  readonly binaries: string
  readonly output: string
  readonly epochS: number
  readonly tag?: string | undefined
}

/** Names of the files made, in the folder `output`. */
export type Release = { readonly version: string; readonly files: readonly string[] }

/** Makes the folder of a release: an archive and a bill of materials per architecture, SHA256SUMS over them, and NOTES.md.
 *  The same order gives the same bytes. A crash leaves the folder of before, and one beside it whose name ends in .part. */
export async function makeRelease(order: Order): Promise<Release> {
  const { version, notes } = await readAgreed(order.top, order.tag)
  await mkdir(dirname(order.output), { recursive: true })
  const work = await mkdtemp(`${order.output}.`)
  const folder = `${work}.part`
  try {
    await mkdir(folder)
    for (const arch of architectures) await addBinary(order, { arch, version, folder, work })
    await writeFile(join(folder, 'SHA256SUMS'), await sums(folder))
    await writeFile(join(folder, 'NOTES.md'), notes)
    await rm(order.output, { recursive: true, force: true })
    await rename(folder, order.output)
    return { version, files: (await readdir(order.output)).toSorted() }
  } finally {
    for (const each of [work, folder]) await rm(each, { recursive: true, force: true })
  }
}

type Part = {
  readonly arch: Architecture
  readonly version: string
  readonly folder: string
  readonly work: string
}

async function addBinary(
  { top, binaries, epochS }: Order,
  { arch, version, folder, work }: Part,
): Promise<void> {
  const packages = await productionPackages(top)
  const binary = await readBinary(join(binaries, `comfy-init-linux-${arch}`), arch)
  const name = `comfy-init-${version}-linux-${arch}`
  await packBinary({
    name,
    work,
    epochS,
    archive: join(folder, `${name}.tar.gz`),
    files: {
      'comfy-init': binary.bytes,
      LICENSE: await readFile(join(top, 'LICENSE')),
      NOTICE: await readFile(join(top, 'NOTICE')),
      'THIRD-PARTY-NOTICES.txt': await thirdPartyNotices(top, packages),
    },
  })
  await writeFile(join(folder, `${name}.cdx.json`), sbomOf({ version, arch, binary, packages, epochS }))
}

/** The form that `sha256sum --check` reads. */
async function sums(folder: string): Promise<string> {
  const names = (await readdir(folder)).toSorted()
  const lines = names.map(async (name) => {
    const sum = createHash('sha256').update(await readFile(join(folder, name)))
    return `${sum.digest('hex')}  ${name}\n`
  })
  return (await Promise.all(lines)).join('')
}

import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extract } from 'tar'
import { root } from '../build.ts'
import { dropLibatomic } from './drop-libatomic.ts'
import { runTool } from './run-tool.ts'
import { stripNode } from './strip-node.ts'

export type Architecture = 'x64' | 'arm64'

/** Every architecture there is a binary for. */
export const architectures: readonly Architecture[] = ['x64', 'arm64']

/** The architecture of this machine. */
export const nativeArchitecture: string = process.arch

/** Where prepared downloads are kept between builds. */
export const cacheFolder: string = join(root, 'node_modules/.cache/comfy-init')

/** Raised whenever adaptNode changes, so that what was kept before is made anew. */
const adaptation = 2

/** The path of the official Node program for an architecture, stripped, of the version package-lock.json pins.
 *  Kept in node_modules/.cache; the first call for a foreign architecture asks the npm registry. */
export async function baseNode(arch: Architecture): Promise<string> {
  const name = `node-linux-${arch}`
  const locked = await lockedPackage(name)
  const cached = join(cacheFolder, `node-${locked.version}-${arch}-${adaptation}`)
  if (await exists(cached)) return cached
  await mkdir(cacheFolder, { recursive: true })
  const work = await mkdtemp(join(tmpdir(), 'comfy-init-node-'))
  try {
    const plain = join(root, 'node_modules', name, 'bin/node')
    const source = (await exists(plain)) ? plain : await downloadNode(name, locked, work)
    const aside = `${cached}.${process.pid}`
    await copyFile(source, aside)
    await stripNode(aside, arch)
    await adaptNode(aside)
    await rename(aside, cached)
    return cached
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

type Locked = { readonly version: string; readonly integrity: string }

async function lockedPackage(name: string): Promise<Locked> {
  const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  )
  const locked = lock.packages[`node_modules/${name}`]
  if (locked === undefined) throw new Error(`Cannot find ${name} in package-lock.json.`)
  return locked
}

/** npm pack does not look into the lock file, so its word is checked here. */
async function downloadNode(name: string, locked: Locked, work: string): Promise<string> {
  const packed = await runTool('npm', [
    'pack',
    '--silent',
    '--pack-destination',
    work,
    `${name}@${locked.version}`,
  ])
  const archive = join(work, packed.trim().split('\n').at(-1) ?? '')
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`
  if (integrity !== locked.integrity) {
    throw new Error(
      `Cannot use ${name}. Its integrity is ${integrity}, package-lock.json says ${locked.integrity}.`,
    )
  }
  await extract({ file: archive, cwd: work, filter: (path) => path === 'package/bin/node' })
  return join(work, 'package/bin/node')
}

/** The one change our binary needs in Node itself. */
async function adaptNode(path: string): Promise<void> {
  const bytes = await readFile(path)
  dropLibatomic(bytes)
  await writeFile(path, bytes)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { elfMachine } from '../../src/host/reaper/elf.ts'
import { type Architecture, cacheFolder } from './base-node.ts'
import { runTool } from './run-tool.ts'

/** Static tini programs whose behaviour was tried, by the SHA-256 of the file. */
const known: Readonly<Record<string, string>> = {
  '91d7ee6af31b344e16231ff242cc643dcc3a7b6812ce095ab1ae4075c12c967b': 'Debian 12, tini 0.19.0-1+b3, amd64',
  a7ab7d3face5024d6494d9ebb755d0337c5e983d6647f71e93fa67aceb30e0bd: 'Debian 12, tini 0.19.0-1+b3, arm64',
}

const elfMachines: Readonly<Record<Architecture, number>> = { x64: 62, arm64: 183 }
const debianNames: Readonly<Record<Architecture, string>> = { x64: 'amd64', arm64: 'arm64' }
const maxBytes = 4 << 20

/** A file that holds a statically linked tini for the architecture, or undefined when this machine has and gets none.
 *  Looked for in COMFY_TINI_X64 / COMFY_TINI_ARM64, on this machine, in the distribution's package (kept once found). */
export async function findTini(arch: Architecture, work: string): Promise<string | undefined> {
  const given = process.env[`COMFY_TINI_${arch.toUpperCase()}`]
  if (given !== undefined) {
    if (await isStaticTini(given, arch)) return given
    throw new Error(`Cannot use ${given}. It is not a static tini for ${arch}.`)
  }
  if (await isStaticTini('/usr/bin/tini-static', arch)) return '/usr/bin/tini-static'
  const kept = join(cacheFolder, `tini-${arch}`)
  if (await isStaticTini(kept, arch)) return kept
  const packaged = await fromPackage(arch, work)
  if (packaged === undefined || !(await isStaticTini(packaged, arch))) return undefined
  await mkdir(cacheFolder, { recursive: true })
  await copyFile(packaged, `${kept}.${process.pid}`)
  await rename(`${kept}.${process.pid}`, kept)
  return packaged
}

async function isStaticTini(path: string, arch: Architecture): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined || bytes.length > maxBytes) return false
  if (elfMachine(bytes) !== elfMachines[arch] || !isStatic(bytes)) return false
  const sum = createHash('sha256').update(bytes).digest('hex')
  console.log(`tini for ${arch}: ${path} (${known[sum] ?? `not seen before, sha256 ${sum}`})`)
  return true
}

/** No PT_INTERP among the program headers: nothing of the image is needed to run it. */
function isStatic(elf: Buffer): boolean {
  const offset = Number(elf.readBigUInt64LE(32))
  const size = elf.readUInt16LE(54)
  const count = elf.readUInt16LE(56)
  const isInterpreter = (index: number) => elf.readUInt32LE(offset + index * size) === 3
  return (
    count > 0 &&
    offset + count * size <= elf.length &&
    !Array.from({ length: count }).some((_, i) => isInterpreter(i))
  )
}

/** The package's file by apt, with lists and cache of its own: the system learns of no other architecture. */
async function fromPackage(arch: Architecture, work: string): Promise<string | undefined> {
  const folder = join(work, `tini-${arch}`)
  const debian = debianNames[arch]
  await mkdir(join(folder, 'lists/partial'), { recursive: true })
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true })
  await writeFile(join(folder, 'status'), '')
  const own = [
    `APT::Architecture=${debian}`,
    `APT::Architectures::=${debian}`,
    `Dir::State=${folder}`,
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::State::status=${join(folder, 'status')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::http::Timeout=20',
    'Acquire::Retries=1',
  ].flatMap((option) => ['-o', option])
  try {
    // A source without this architecture makes it end with an error although the others were read.
    await runTool('apt-get', [...own, '-q', 'update'], { cwd: folder }).catch(() => {})
    await runTool('apt-get', [...own, '-q', 'download', `tini:${debian}`], { cwd: folder })
    const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'))
    if (archive === undefined) return undefined
    await runTool('dpkg-deb', ['-x', archive, 'tree'], { cwd: folder })
    return join(folder, 'tree/usr/bin/tini-static')
  } catch {
    return undefined
  }
}

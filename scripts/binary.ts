import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { log } from '@yao-pkg/pkg/lib-es5/log.js'
import sea from '@yao-pkg/pkg/lib-es5/sea.js'
import { type Architecture, architectures, baseNode, nativeArchitecture } from './binary/base-node.ts'
import { makeCodeCache } from './binary/code-cache.ts'
import { dropLocales } from './binary/drop-locales.ts'
import { findTini } from './binary/tini.ts'
import { buildHalves, type Halves, root } from './build.ts'
import { productionPackages } from './release/production-packages.ts'
import { thirdPartyNotices } from './release/third-party-notices.ts'

/** Node's own options of the binary. Measured on 2 cores; each keeps Node's built-in code cache valid, which flags
 *  that change code generation (--lite-mode, --jitless, --no-opt, --single-threaded) do not: +10 ms at every start. */
const nodeOptions: readonly string[] = [
  // USR1 would open the inspector on a port of the container.
  '--disable-sigusr1',
  // One helper thread instead of four and a young generation that fits a supervisor: 1.3 MB less at rest.
  '--v8-pool-size=1',
  '--max-semi-space-size=1',
]

/** Makes dist/comfy-init-linux-<architecture> and gives its path. A crash leaves the binary of before. */
export async function makeBinary(arch: Architecture, halves: Halves, work: string): Promise<string> {
  const output = join(root, `dist/comfy-init-linux-${arch}`)
  const aside = join(work, `comfy-init-${arch}`)
  const isNative = arch === nativeArchitecture
  // pkg's types know fewer of Node's options than Node does, hence the name.
  const seaConfig = {
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    // The cache of the first half; V8's format depends on the processor.
    useCodeCache: isNative,
    execArgv: nodeOptions,
    // NODE_OPTIONS belongs to the services in the container, not to us.
    execArgvExtension: 'none',
    assets: await assets(arch, halves, work),
  }
  // pkg tells each of its steps on stdout; its warnings and errors stay.
  log.info = () => undefined
  await sea.default(halves.start, {
    nodePath: await baseNode(arch),
    // A foreign base cannot run here: the Node that runs this script makes the blob, and is of the same version.
    useLocalNode: !isNative,
    targets: [{ nodeRange: 'node26', platform: 'linux', arch, output: aside }],
    seaConfig,
  })
  // Last, for pkg lists the segments anew and may put that list where older kernels do not look behind a hole.
  await writeFile(aside, dropLocales(await readFile(aside)))
  await chmod(aside, 0o755)
  await rename(aside, output)
  return output
}

async function assets(arch: Architecture, { app }: Halves, work: string): Promise<Record<string, string>> {
  const cache = arch === nativeArchitecture ? await makeCodeCache(app, { work, nodeOptions }) : undefined
  const tini = await findTini(arch, work)
  if (tini === undefined) console.log(`No static tini for ${arch}: this binary is made without one.`)
  return { 'app.cjs': app, ...(cache && { 'app.cache': cache }), ...(tini && { tini }) }
}

function wantedArchitectures(word: string | undefined): readonly Architecture[] {
  if (word === 'all') return architectures
  const wanted = architectures.find((arch) => arch === (word ?? nativeArchitecture))
  if (wanted === undefined) throw new Error(`Cannot build for «${word}». Give x64, arm64 or all.`)
  return [wanted]
}

async function run(word: string | undefined): Promise<void> {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 26)
    throw new Error(`Cannot build with Node ${process.versions.node}. Type «npm run binary» after «npm ci».`)
  await mkdir(join(root, 'dist'), { recursive: true })
  // Images take it from there.
  const notices = await thirdPartyNotices(root, await productionPackages(root))
  await writeFile(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), notices)
  const work = await mkdtemp(join(root, 'dist/.binary-'))
  try {
    const halves = await buildHalves(work)
    for (const arch of wantedArchitectures(word)) {
      const path = await makeBinary(arch, halves, work)
      console.log(`${relative(root, path)}  ${((await stat(path)).size / 1e6).toFixed(1)} MB`)
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

if (import.meta.main) await run(process.argv[2])

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BuildOptions, build, buildSync, type Plugin } from 'esbuild'

/** The repository's folder; every path of the build starts here. */
export const root: string = join(import.meta.dirname, '..')

const mainModule = join(root, 'src/main.ts')
const copyWorker = join(root, 'src/host/copy/worker.ts')

/** The two halves of the program as files for the binary: `start` runs at once, `app` is loaded behind it. */
export type Halves = { readonly start: string; readonly app: string }

/** Bundles the program into dist/comfy-init.cjs, one file for Node. */
export async function buildBundle(): Promise<string> {
  const outfile = join(root, 'dist/comfy-init.cjs')
  await build({ ...common(), entryPoints: [mainModule], outfile })
  return outfile
}

/** Bundles another program of the repository the same way: for measurements. */
export async function buildOther(entry: string, outfile: string): Promise<void> {
  await build({ ...common(), entryPoints: [entry], outfile })
}

/** Bundles the two halves for the binary into a folder. The seam are the dynamic imports of src/main.ts: the first start
 *  as PID 1 then reads 20 KB instead of everything, and the second half can carry a code cache made by running it. */
export async function buildHalves(folder: string): Promise<Halves> {
  const start = join(folder, 'start.cjs')
  const app = join(folder, 'app.cjs')
  const behind = new Set<string>()
  await build({ ...common(), entryPoints: [mainModule], outfile: start, plugins: [seam(behind)] })
  const getters = [...behind].map(
    (path) => `get ${JSON.stringify(path)}() { return require(${JSON.stringify(path)}) }`,
  )
  const contents = `module.exports = { ${getters.join(', ')} }`
  await build({ ...common(), stdin: { contents, resolveDir: dirname(mainModule) }, outfile: app })
  return { start, app }
}

/** Turns each dynamic import of src/main.ts into a look into the second half, and notes its path. */
function seam(behind: Set<string>): Plugin {
  return {
    name: 'seam',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path, kind, importer }) => {
        if (kind !== 'dynamic-import' || importer !== mainModule) return undefined
        behind.add(path)
        return { path, namespace: 'seam' }
      })
      onLoad({ filter: /.*/, namespace: 'seam' }, ({ path }) => ({
        contents: `module.exports = require('./host/embedded-program.ts').embeddedModule(${JSON.stringify(path)})`,
        resolveDir: dirname(mainModule),
      }))
    },
  }
}

function common(): BuildOptions {
  return { ...plain(), define: { ...plain().define, __COPY_WORKER__: JSON.stringify(workerText()) } }
}

/** The program of the copying threads: it travels as text, for a packed binary has no files to start threads from. */
function workerText(): string {
  const { outputFiles = [] } = buildSync({ ...plain(), entryPoints: [copyWorker], write: false })
  return outputFiles.map(({ text }) => text).join('')
}

function plain(): BuildOptions {
  return {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node26',
    // ASCII text is read as one byte per character. Identifiers stay: stack traces name functions.
    charset: 'ascii',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // Built-in modules by require: the embedded half has no loader for import().
    supported: { 'dynamic-import': false },
    define: {
      'import.meta.url': '""',
      __VERSION__: JSON.stringify(packageVersion()),
      __COMMIT__: JSON.stringify(commit()),
    },
    logLevel: 'warning',
  }
}

function packageVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return manifest.version
}

/** COMMIT where the build has no .git (a Docker build), else git's word, else «unknown». */
function commit(): string {
  if (process.env.COMMIT) return process.env.COMMIT
  try {
    const git = ['-C', root, 'rev-parse', '--short=12', 'HEAD']
    return execFileSync('git', git, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}

if (import.meta.main) console.log(await buildBundle())

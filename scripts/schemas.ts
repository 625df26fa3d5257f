import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Fetches the JSON schemas that tests hold files against, from the package index that this machine's pip is set up for, into
 * node_modules/.cache. They come out of Python packages that carry them; nothing of these packages is run. Nothing happens
 * when they are there. Needs python3 with pip.
 */

const KUBERNETES = 'kubernetes_validate/kubernetes-json-schema'

/** Packages, and which of their files are wanted under which name. */
const WANTED = {
  'check-jsonschema==0.39.0': {
    'compose.json': 'check_jsonschema/builtin_schemas/vendor/compose-spec.json',
    'github-workflow.json': 'check_jsonschema/builtin_schemas/vendor/github-workflows.json',
  },
  // The oldest and the newest Kubernetes that it has.
  'kubernetes-validate==1.37.0': {
    'kubernetes-1.25.json': `${KUBERNETES}/v1.25.0-local-strict/_definitions.json`,
    'kubernetes-1.37.json': `${KUBERNETES}/v1.37.0-local-strict/_definitions.json`,
  },
} as const

/** A folder with compose.json, github-workflow.json, kubernetes-1.25.json and kubernetes-1.37.json. */
export const SCHEMAS = join(import.meta.dirname, '../node_modules/.cache/schemas')

const NOTE = JSON.stringify(WANTED)

// Takes files out of an archive: the archive, the folder they go to, then pairs of a name in it and a name outside.
const TAKE = `import sys, zipfile
archive, folder, *names = sys.argv[1:]
for inside, name in zip(names[::2], names[1::2]):
    open(folder + '/' + name, 'wb').write(zipfile.ZipFile(archive).read(inside))`

/** Makes the folder. A crash leaves a folder beside it that nobody reads; of two that make it at once one wins. */
export function fetchSchemas(): void {
  if (areThere()) return
  mkdirSync(dirname(SCHEMAS), { recursive: true })
  const aside = mkdtempSync(`${SCHEMAS}.part-`)
  try {
    for (const [name, files] of Object.entries(WANTED)) take(aside, name, files)
    writeFileSync(`${aside}/wanted`, NOTE)
    chmodSync(aside, 0o755)
    if (!areThere()) {
      rmSync(SCHEMAS, { recursive: true, force: true })
      renameSync(aside, SCHEMAS)
    }
  } catch (error) {
    if (areThere()) return
    throw new Error('Cannot fetch schemas: that needs python3 with pip, and its index.', { cause: error })
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

function areThere(): boolean {
  return existsSync(`${SCHEMAS}/wanted`) && readFileSync(`${SCHEMAS}/wanted`, 'utf8') === NOTE
}

function take(folder: string, name: string, files: Readonly<Record<string, string>>): void {
  const wheels = `${folder}/wheels`
  const run = (args: readonly string[]) =>
    execFileSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder })
  run(['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, name])
  const [title = '', version] = name.split('==')
  const wheel = `${wheels}/${title.replaceAll('-', '_')}-${version}-py3-none-any.whl`
  run(['-c', TAKE, wheel, folder, ...Object.entries(files).flatMap(([as, inside]) => [inside, as])])
  rmSync(wheels, { recursive: true })
}

if (import.meta.main) fetchSchemas()

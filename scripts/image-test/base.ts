import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Asked } from './asked.ts'
import { BUILD_LIMIT_MS, builder, seconds } from './build.ts'
import { dockerfileArgument } from './dockerfile-argument.ts'
import type { Engine } from './engine.ts'
import { type Candidate, PREFIX } from './plan.ts'
import { lastLine, runProgram } from './said.ts'

const AUTHORITIES = '/usr/local/share/ca-certificates'
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

/** Variables by which programs of a build find this machine’s authorities and package indexes. */
const BUNDLE_VARIABLES = ['SSL_CERT_FILE', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'GIT_SSL_CAINFO']
const INDEX_VARIABLES = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'UV_INDEX_URL', 'UV_DEFAULT_INDEX']

/** The base of what is built: the one that was asked for, else the Dockerfile’s, else one made of this machine’s Debian. */
export async function findBase({ base, file }: Asked, engine: Engine): Promise<Candidate> {
  const program = engine.build
  if (program === undefined) return { missing: 'nothing here builds images' }
  if (base !== undefined) return { name: base }
  const theirs = nameIn(file)
  const pulled = await runProgram(program, ['pull', '--quiet', theirs], { limitMs: 120_000 })
  if (pulled.code === 0) return { name: theirs }
  console.log(`  ${theirs}: cannot be pulled (${lastLine(pulled)})`)
  const made = await madeBefore(program)
  return made === undefined ? makeBase(engine) : { name: made }
}

// The whole name: an engine that is not told a registry may ask which.
function nameIn(file: string): string {
  const wanted = dockerfileArgument(file, 'BASE') ?? 'debian:stable-slim'
  if (/^[^/]+[.:][^/]*\//.test(wanted)) return wanted
  return `docker.io/${wanted.includes('/') ? '' : 'library/'}${wanted}`
}

async function madeBefore(program: string): Promise<string | undefined> {
  const name = program === 'buildah' ? '{{.Name}}' : '{{.Repository}}'
  const { out } = await runProgram(program, ['images', '--format', `${name}:{{.Tag}}`])
  const { suite } = host()
  return out
    .split('\n')
    .filter((name) => name.includes(`${PREFIX}/base:${suite}-`))
    .sort()
    .at(-1)
}

// A crash leaves a folder in the temporary folder, and nothing in the store.
async function makeBase(engine: Engine): Promise<Candidate> {
  const { suite, mirror } = host()
  if (process.getuid?.() !== 0) return { missing: 'debootstrap needs root' }
  const folder = mkdtempSync(join(tmpdir(), 'comfy-init-base-'))
  const startMs = performance.now()
  console.log(`  making a base of ${suite} from ${mirror.join('') || 'its own mirror'} with debootstrap`)
  try {
    const args = ['--variant=minbase', '--include=ca-certificates', suite, `${folder}/root`, ...mirror]
    const made = await runProgram('debootstrap', args, { limitMs: BUILD_LIMIT_MS })
    if (made.code !== 0) return { missing: `debootstrap makes no base: ${lastLine(made)}` }
    const env = await trustAsWeDo(`${folder}/root`)
    await runProgram('chroot', [`${folder}/root`, 'apt-get', 'clean'])
    const tar = [
      '--numeric-owner',
      '--one-file-system',
      '-C',
      `${folder}/root`,
      '-cf',
      `${folder}/root.tar`,
      '.',
    ]
    await runProgram('tar', tar)
    const name = `localhost/${PREFIX}/base:${suite}-${new Date().toISOString().slice(0, 10)}`
    const variables = Object.entries(env).map(([key, value]) => `ENV ${key}="${value}"\n`)
    writeFileSync(`${folder}/Dockerfile`, `FROM scratch\nADD root.tar /\n${variables.join('')}CMD ["bash"]\n`)
    rmSync(`${folder}/root`, { recursive: true, force: true })
    const [program = '', ...options] = builder(engine)
    const built = await runProgram(program, [...options, '--tag', name, folder])
    console.log(`  made in ${seconds(startMs)}`)
    return built.code === 0 ? { name } : { missing: `${program} takes no base: ${lastLine(built)}` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// A network that is looked into has authorities of its own: builds in it have to know them as this machine does.
async function trustAsWeDo(root: string): Promise<Readonly<Record<string, string>>> {
  const own = existsSync(AUTHORITIES) ? readdirSync(AUTHORITIES).filter((name) => name.endsWith('.crt')) : []
  for (const name of own)
    cpSync(`${AUTHORITIES}/${name}`, `${root}${AUTHORITIES}/${name}`, { dereference: true })
  if (own.length > 0) await runProgram('chroot', [root, 'update-ca-certificates'])
  const bundle = own.length > 0 ? BUNDLE_VARIABLES.map((name) => [name, BUNDLE] as const) : []
  const indexes = INDEX_VARIABLES.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries([...bundle, ...indexes])
}

// Without a mirror debootstrap takes the one that it knows.
function host(): { readonly suite: string; readonly mirror: readonly string[] } {
  const suite = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  const files = ['/etc/apt/sources.list', ...listed('/etc/apt/sources.list.d')]
  const found = files
    .filter((path) => existsSync(path))
    .map((path) => /(https?:\/\/\S*\/(?:debian|ubuntu)\/?)(?=\s|$)/m.exec(uncommented(path))?.[1])
    .filter((url) => url !== undefined)
  return { suite, mirror: found.slice(0, 1) }
}

function listed(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

function uncommented(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(/^\s*#.*$/gm, '')
}

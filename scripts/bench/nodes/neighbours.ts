import { readFileSync } from 'node:fs'
import { makeRepository, type Repository } from '../../../test/support/git-repository.ts'
import { type GitServer, gitServer } from '../../../test/support/git-server.ts'
import { nodeFiles } from '../../../test/support/node-files.ts'
import { type PackageIndex, packageIndex } from '../../../test/support/package-index.ts'
import { wheel } from '../../../test/support/wheel.ts'
import { distant } from './latency.ts'
import { remembered } from './remember.ts'

/** Hosts as far away as a round trip says, and the repositories they have. */
export type Neighbours = {
  readonly git: GitServer
  readonly index: PackageIndex
  /** Addresses of all nodes by way of the distance. */
  readonly urls: readonly string[]
  /** Variables by which pip and uv find the index by way of the distance. */
  readonly env: Readonly<Record<string, string>>
}

/** Makes hosts with this many nodes: a dozen files and ten commits each, four packages required, of a pool of thirty. */
export async function makeNeighbours(
  folder: string,
  { count, roundTripMs }: { readonly count: number; readonly roundTripMs: number },
): Promise<Neighbours> {
  const names = Array.from({ length: count }, (_, at) => `node-${String(at).padStart(2, '0')}`)
  for (const [at, name] of names.entries()) grow(makeRepository(folder, name, firstFiles(name, at)))
  const git = await gitServer(folder)
  const index = await packageIndex(...pool())
  const [gitPort, indexPort] = [
    await distant(await remembered(portOf(git.url)), roundTripMs),
    await distant(portOf(index.url), roundTripMs),
  ]
  const env = Object.entries(index.env).map(([name, value]) => [
    name,
    value.replace(index.url, `http://127.0.0.1:${indexPort}`),
  ])
  return {
    git,
    index,
    urls: names.map((name) => `http://127.0.0.1:${gitPort}/${name}.git`),
    env: Object.fromEntries(env),
  }
}

function firstFiles(name: string, at: number): Readonly<Record<string, string>> {
  const requires = [0, 7, 11, 18].map((step) => `pool-${(at + step) % POOL}>=1`)
  const code = readFileSync(new URL(import.meta.url), 'utf8')
  const more = Array.from({ length: 12 }, (_, file) => [
    `part_${file}.py`,
    `"""${name} ${code.repeat(4)}"""\n`,
  ])
  return {
    ...nodeFiles({ shows: `Node${at}`, requires, imports: [`pool_${at % POOL}`] }),
    ...Object.fromEntries(more),
  }
}

function grow(repository: Repository): void {
  for (let n = 0; n < 9; n++) repository.commit({ 'README.md': `${n}\n`, [`part_${n}.py`]: `n = ${n}\n` })
}

const POOL = 30

// Each of the second half is required by one of the first.
function pool() {
  return Array.from({ length: POOL }, (_, at) =>
    wheel({
      name: `pool-${at}`,
      version: '1.2.0',
      requires: at < POOL / 2 ? [`pool-${at + POOL / 2}`] : [],
      files: Object.fromEntries(
        Array.from({ length: 20 }, (_, file) => [`pool_${at}/part_${file}.py`, `n = ${file}\n`.repeat(300)]),
      ),
    }),
  )
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

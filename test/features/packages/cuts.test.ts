import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cuttingHost } from '../../support/cutting-host.ts'
import { faultyHost } from '../../support/faulty-host.ts'
import { type PackageWorld, packageWorld } from './package-world.ts'

// All operations take minutes: they are a run of their own.
const isThorough = process.env.FAULTS === 'all'

/** An installation is many more: the last cut is never one of the first. */
const LEAST_OPERATIONS = 300

const FILES = { 'requirements.txt': 'beta\n' }

/** Removes what an installation made, so that the next one begins anew; the caches stay. */
function forget({ places }: PackageWorld): void {
  rmSync(`${places.layout.packages}/${keyOf(places.layout.packages)}`, { recursive: true, force: true })
}

function keyOf(packages: string): string {
  return keys.get(packages) ?? 'py'
}

const keys = new Map<string, string>()

async function prepared() {
  const world = await packageWorld()
  const sources = [world.node('first', FILES)]
  const { packages } = await world.boot(sources)
  keys.set(world.places.layout.packages, packages.key)
  const seen = () => world.run('-c', 'import beta, torch; print(beta.__version__, torch.__version__)')
  return { world, sources, seen, wanted: packages.current?.record.packages }
}

describe.each([
  ['a first installation', true],
  ['an installation beside one in use', false],
])('%s', (_, isFirst) => {
  test.each(['before', 'after'] as const)(
    'that is killed %s any operation is done by the next boot, and never harms the one in use',
    async (when) => {
      const { world, sources, seen, wanted } = await prepared()
      for (let n = 1; ; n += isThorough ? 1 : 71) {
        if (isFirst) forget(world)
        const now = isFirst ? sources : [{ ...sources[0], stamp: `${n}` }, world.node('second', other(n))]
        const cutting = cuttingHost(world.host, n, when)
        await world.boot(now as typeof sources, { host: cutting.host }).catch(() => {})
        if (!isFirst) expect(await seen(), `killed ${when} operation ${n}`).toBe('2.0 2.8.0+cu128')
        const { problems, packages } = await world.boot(now as typeof sources)
        expect(problems).toEqual([])
        expect(packages.current?.record.packages.slice(0, 1), `killed ${when} operation ${n}`).toEqual(wanted)
        expect(await seen()).toBe('2.0 2.8.0+cu128')
        if (cutting.isCut()) continue
        expect(n).toBeGreaterThan(LEAST_OPERATIONS)
        break
      }
    },
    600_000,
  )
})

// Each time another set of packages, so that an overlay is built.
function other(n: number) {
  return { 'requirements.txt': ['requests>=2.32\n', 'by-hand\n', 'by-hand\nrequests>=2.32\n'][n % 3] ?? '' }
}

test('a disk that is full at any operation leaves the overlay in use, and the next boot goes on', async () => {
  const { world, sources, seen } = await prepared()
  for (let n = 1; ; n += isThorough ? 1 : 71) {
    const now = [...sources, world.node('second', other(n))]
    const faulty = faultyHost(world.host, n, 'ENOSPC')
    const during = await world.boot(now, { host: faulty.host }).catch((error: unknown) => error)
    expect(await seen(), `full at operation ${n}`).toBe('2.0 2.8.0+cu128')
    const { problems, packages } = await world.boot(now)
    expect(problems, `full at operation ${n}: ${during}`).toEqual([])
    expect(packages.current?.record.nodes.second).toBeDefined()
    if (faulty.operations() < n) break
  }
}, 600_000)

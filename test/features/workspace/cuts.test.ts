import { describe, expect, test } from 'vitest'
import { cuttingHost, type When } from '../../support/cutting-host.ts'
import { FAULTS, faultyHost } from '../../support/faulty-host.ts'
import { memoryFolder } from '../../support/temp-folder.ts'
import { ACTS, everythingIn, hostFor } from './acts.ts'
import { applyOnce, bootWorkspace, planFor } from './real-boot.ts'

// All faults at all operations take minutes: they are a run of their own.
const isThorough = process.env.FAULTS === 'all'

const names = Object.keys(ACTS) as readonly (keyof typeof ACTS)[]

describe.each(names)('a kill during the %s', { timeout: 120_000 }, (name) => {
  test.each([
    ['before', false, 1],
    ['after', false, 2],
    ['before', true, 4],
  ] as const)(
    '%s operations, on layers: %s; the next boot ends as if nothing had happened',
    async (when, overlay, step) => {
      const wanted = await uncut(name, overlay)
      for (let n = 1; ; n += isThorough ? 1 : step) {
        const { isCut, found } = await cutAt(name, n, { when, overlay })
        expect(found, `cut ${when} operation ${n}`).toEqual(wanted)
        if (isCut) continue
        expect(n).toBeGreaterThan(25)
        break
      }
    },
  )
})

test('a kill in the middle of a copy: the next boot goes on with it', async () => {
  for (const name of ['first run', 'upgrade'] as const) {
    const wanted = await uncut(name, false)
    for (let n = 1, isCut = true; isCut; n += isThorough ? 1 : 2) {
      const end = await cutAt(name, n, { when: 'during', overlay: false })
      isCut = end.isCut
      expect(end.found, `${name}, operation ${n}`).toEqual(wanted)
    }
  }
}, 120_000)

const faults = isThorough ? FAULTS : (['EIO'] as const)

describe.each(names)('a fault during the %s', { timeout: 600_000 }, (name) => {
  test.each(faults)('%s at operations loses nothing, and the next boot heals', async (code) => {
    const wanted = await uncut(name, false)
    for (let n = 1; ; n += isThorough ? 1 : 3) {
      const { operations, found } = await failAt(name, n, code)
      expect(found, `${code} at operation ${n}`).toEqual(wanted)
      if (operations < n) break
    }
  })
})

async function uncut(name: keyof typeof ACTS, overlay: boolean): Promise<readonly string[]> {
  const root = await memoryFolder()
  const settings = await ACTS[name](root)
  await bootWorkspace(hostFor(root, overlay), settings)
  return everythingIn(root)
}

type Cut = { readonly when: When; readonly overlay: boolean }

async function cutAt(name: keyof typeof ACTS, n: number, { when, overlay }: Cut) {
  const root = await memoryFolder()
  const settings = await ACTS[name](root)
  const host = hostFor(root, overlay)
  const plan = await planFor(host, settings)
  const cutting = cuttingHost(host, n, when)
  await applyOnce(cutting.host, plan).catch(() => {})
  await bootWorkspace(host, settings)
  return { isCut: cutting.isCut(), found: await everythingIn(root) }
}

async function failAt(name: keyof typeof ACTS, n: number, code: (typeof FAULTS)[number]) {
  const root = await memoryFolder()
  const settings = await ACTS[name](root)
  const host = hostFor(root, false)
  const plan = await planFor(host, settings)
  const faulty = faultyHost(host, n, code)
  await applyOnce(faulty.host, plan)
  await bootWorkspace(host, settings)
  return { operations: faulty.operations(), found: await everythingIn(root) }
}

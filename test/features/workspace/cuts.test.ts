import { execFile } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Settings } from '../../../src/settings/settings.ts'
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
    ['after', false, 4],
    ['before', true, 4],
  ] as const)(
    '%s operations, on layers: %s; the next boot ends as if nothing had happened',
    async (when, overlay, step) => {
      const scene = await sceneOf(name)
      const wanted = await uncut(scene, overlay)
      for (let n = 1; ; n += isThorough ? 1 : step) {
        const { isCut, found } = await cutAt(scene, n, { when, overlay })
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
    const scene = await sceneOf(name)
    const wanted = await uncut(scene, false)
    for (let n = 1, isCut = true; isCut; n += isThorough ? 1 : 2) {
      const end = await cutAt(scene, n, { when: 'during', overlay: false })
      isCut = end.isCut
      expect(end.found, `${name}, operation ${n}`).toEqual(wanted)
    }
  }
}, 120_000)

const faults = isThorough ? FAULTS : (['EIO'] as const)

describe.each(names)('a fault during the %s', { timeout: 600_000 }, (name) => {
  test.each(faults)('%s at operations loses nothing, and the next boot heals', async (code) => {
    const scene = await sceneOf(name)
    const wanted = await uncut(scene, false)
    for (let n = 1; ; n += isThorough ? 1 : 3) {
      const { operations, found } = await failAt(scene, n, code)
      expect(found, `${code} at operation ${n}`).toEqual(wanted)
      if (operations < n) break
    }
  })
})

/** A folder in which an act is about to happen; `renew` makes it so again, for a small part of what preparing it took. */
type Scene = { readonly root: string; readonly settings: Settings; readonly renew: () => Promise<void> }

async function sceneOf(name: keyof typeof ACTS): Promise<Scene> {
  const [root, kept] = [await memoryFolder(), await memoryFolder()]
  const settings = await ACTS[name](root)
  await copy(root, kept)
  const renew = async () => {
    for (const each of await readdir(root)) await rm(`${root}/${each}`, { recursive: true })
    await copy(kept, root)
  }
  return { root, settings, renew }
}

async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', `${from}/.`, to])
}

async function uncut({ root, settings, renew }: Scene, overlay: boolean): Promise<readonly string[]> {
  await renew()
  await bootWorkspace(hostFor(root, overlay), settings)
  return everythingIn(root)
}

type Cut = { readonly when: When; readonly overlay: boolean }

async function cutAt({ root, settings, renew }: Scene, n: number, { when, overlay }: Cut) {
  await renew()
  const host = hostFor(root, overlay)
  const plan = await planFor(host, settings)
  const cutting = cuttingHost(host, n, when)
  await applyOnce(cutting.host, plan).catch(() => {})
  await bootWorkspace(host, settings)
  return { isCut: cutting.isCut(), found: await everythingIn(root) }
}

async function failAt({ root, settings, renew }: Scene, n: number, code: (typeof FAULTS)[number]) {
  await renew()
  const host = hostFor(root, false)
  const plan = await planFor(host, settings)
  const faulty = faultyHost(host, n, code)
  await applyOnce(faulty.host, plan)
  await bootWorkspace(host, settings)
  return { operations: faulty.operations(), found: await everythingIn(root) }
}

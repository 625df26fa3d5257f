import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Cut, cuttingHost } from '../../../support/cutting-host.ts'
import { gitIn, makeRepository } from '../../../support/git-repository.ts'
import { memoryFolder } from '../../../support/temp-folder.ts'
import { type CheckoutWorld, checkoutWorld, fromGitAt, quickHost } from './world.ts'

const MOMENTS = ['before', 'after'] as const

/** Each cut is a start of its own, and another one that heals it; milliseconds. */
const LONG_MS = 120_000

test.each(MOMENTS)(
  'a first checkout may be cut anywhere: the next start has it, whole and known as its own: %s',
  { timeout: LONG_MS },
  async (when) => {
    const { root, source, repository } = await repositories()
    const cuts = await cutEverywhere(async (at) => {
      const world = await checkoutWorld(`${root}/${when}-${at}`)
      const wasCut = await cutAt(world, { at, when }, (host) =>
        world.get([{ folder: 'a', source }], { host }),
      )
      // What lies there without a record would be somebody else's to the next plan.
      const there = (await readdir(world.customNodes)).includes('a')
      if (there) expect((await world.record('a'))?.locked, `${when} ${at}`).toBeDefined()
      else await world.get([{ folder: 'a', source }])
      await isRight(world, 'a', { commit: repository.head(), text: 'version = 1\n' })
      return wasCut
    })
    expect(cuts).toBeGreaterThan(10)
  },
)

test.each(MOMENTS)(
  'a replacement may be cut anywhere: nothing of the user’s is lost, and the next start has the new one: %s',
  { timeout: LONG_MS },
  async (when) => {
    const { root, source, repository } = await repositories()
    const [first, second] = [
      repository.head(),
      repository.commit({ '__init__.py': 'version = 2\n', 'new.py': 'new\n' }),
    ]
    const lockedAt = (commit: string) => ({ folder: 'a', source, locked: { folder: 'a', source, commit } })
    const cuts = await cutEverywhere(async (at) => {
      const world = await checkoutWorld(`${root}/${when}-${at}`)
      await world.get([lockedAt(first)])
      for (const name of ['config.json', 'ckpts/model.bin', 'lib/mine.txt']) {
        await mkdir(`${world.customNodes}/a/ckpts`, { recursive: true })
        await writeFile(`${world.customNodes}/a/${name}`, `mine: ${name}`)
      }
      const wasCut = await cutAt(world, { at, when }, (host) => world.get([lockedAt(second)], { host }))
      const before = (await world.record('a'))?.locked?.commit
      // A record that has the new one means that nobody will look again.
      if (before !== second) await world.get([lockedAt(second)])
      await isRight(world, 'a', { commit: second, text: 'version = 2\n' })
      for (const name of ['config.json', 'ckpts/model.bin', 'lib/mine.txt'])
        expect(await world.read(`a/${name}`), `${when} ${at}`).toBe(`mine: ${name}`)
      return wasCut
    })
    expect(cuts).toBeGreaterThan(25)
  },
)

type At = { readonly at: number; readonly when: (typeof MOMENTS)[number] }

async function cutEverywhere(one: (at: number) => Promise<boolean>): Promise<number> {
  let cuts = 0
  while (await one(cuts + 1)) cuts++
  return cuts
}

async function cutAt(
  { customNodes }: CheckoutWorld,
  { at, when }: At,
  act: (host: typeof quickHost) => Promise<unknown>,
): Promise<boolean> {
  const cutting = cuttingHost(quickHost, at, when)
  try {
    await act(cutting.host)
  } catch (error) {
    if (!(error instanceof Cut)) throw error
  }
  expect(await readdir(customNodes)).toBeDefined()
  return cutting.isCut()
}

async function isRight(
  world: CheckoutWorld,
  folder: string,
  { commit, text }: { readonly commit: string; readonly text: string },
): Promise<void> {
  expect(await world.problem(folder)).toBeUndefined()
  expect((await world.record(folder))?.locked?.commit).toBe(commit)
  expect(await world.read(`${folder}/__init__.py`)).toBe(text)
  const at = `${world.customNodes}/${folder}`
  expect(gitIn(at, 'rev-parse', 'HEAD')).toBe(commit)
  expect(gitIn(at, 'status', '--porcelain', '--untracked-files=no')).toBe('')
  expect(await readdir(world.customNodes)).toEqual([folder])
}

async function repositories() {
  const root = await memoryFolder()
  await mkdir(`${root}/served`)
  const files = { '__init__.py': 'version = 1\n', 'lib/b.py': 'b\n' }
  const repository = makeRepository(`${root}/served`, 'node', files)
  return { root, repository, source: fromGitAt(`file://${repository.path}`) }
}

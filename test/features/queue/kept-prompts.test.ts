import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { layoutOf } from '../../../src/base/layout.ts'
import { systemCode } from '../../../src/base/problem.ts'
import { keptPrompts } from '../../../src/features/queue/kept-prompts.ts'
import type { QueuedPrompt } from '../../../src/features/queue/queued-prompt.ts'
import { realHost } from '../../../src/host/host.ts'
import { Cut, cuttingHost } from '../../support/cutting-host.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const HOST = realHost()

const NOW = Date.UTC(2026, 10, 21, 19, 4)
const FINDING = { now: () => NOW, onUnreadable: () => {} }

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id, number) => aPrompt(id, number)) as [
  QueuedPrompt,
  QueuedPrompt,
  QueuedPrompt,
  QueuedPrompt,
]

function aPrompt(id: string, number: number, more = ''): QueuedPrompt {
  return { id, number, text: `[${number}, "${id}", {"1": {"x": "${more}"}}, {}, ["1"]]` }
}

async function fresh() {
  const layout = layoutOf(await tempFolder())
  const aside: string[] = []
  const kept = keptPrompts(HOST.fs, layout, { now: () => NOW, onUnreadable: (path) => aside.push(path) })
  return { layout, kept, aside, ids: async () => (await kept.read()).map(({ id }) => id).join('') }
}

test('nothing is kept at first, and dropping or adding nothing makes no file', async () => {
  const { kept, layout } = await fresh()

  expect(await kept.read()).toEqual([])
  await kept.add([], 'before')
  await kept.drop(new Set(['a']))
  await kept.layAside([])
  expect(existsSync(layout.own)).toBe(false)
})

test('prompts are added before or behind those that are kept, none twice', async () => {
  const { kept, ids } = await fresh()

  await kept.add([c, d], 'before')
  await kept.add([a, c], 'before')
  expect(await ids()).toBe('acd')
  await kept.add([d, b, a], 'behind')
  expect(await ids()).toBe('acdb')
})

test('the file goes with its last prompt', async () => {
  const { kept, layout, ids } = await fresh()
  await kept.add([a, b], 'before')

  await kept.drop(new Set(['a', 'unknown']))
  expect(await ids()).toBe('b')
  await kept.drop(new Set(['b']))
  expect(existsSync(layout.queueFile)).toBe(false)
})

test('nobody else may read what is kept', async () => {
  const { kept, layout } = await fresh()
  await kept.add([a], 'before')
  await kept.layAside([{ prompt: b, reason: 'no node' }])

  expect(statSync(layout.queueFile).mode & 0o777).toBe(0o600)
  expect(statSync(layout.refusedFile).mode & 0o777).toBe(0o600)
})

test('what is laid aside has its reason and can be moved back as it is', async () => {
  const { kept, layout, ids } = await fresh()
  await kept.layAside([{ prompt: a, reason: 'no "node"' }])
  await kept.layAside([
    { prompt: b, reason: 'other' },
    { prompt: a, reason: 'still none' },
  ])

  expect(JSON.parse(readFileSync(layout.refusedFile, 'utf8')).map((each: unknown[]) => each[5])).toEqual([
    'other',
    'still none',
  ])
  await HOST.fs.rename(layout.refusedFile, layout.queueFile)
  expect(await ids()).toBe('ba')
})

test('changes that are asked for at once come one after the other', async () => {
  const { kept, ids } = await fresh()

  await Promise.all([
    kept.add([b], 'before'),
    kept.add([a], 'before'),
    kept.add([c], 'behind'),
    kept.drop(new Set(['b'])),
  ])

  expect(await ids()).toBe('ac')
})

test('a change that fails does not keep the next from being made', async () => {
  const { kept, layout, ids } = await fresh()
  await mkdir(layout.queueFile, { recursive: true })

  expect(await kept.add([a], 'before').catch(systemCode)).toBe('EISDIR')
  await HOST.fs.remove(layout.queueFile)
  await kept.add([b], 'before')

  expect(await ids()).toBe('b')
})

test('a file that nobody can read is moved out of the way, told and not written over', async () => {
  const { kept, layout, ids, aside } = await fresh()
  await mkdir(layout.own)
  for (const text of ['[[1, "mine"', '[[1, "yours"']) {
    await writeFile(layout.queueFile, text)
    await kept.add([a], 'before')
  }

  expect(await ids()).toBe('a')
  const path = `${layout.queueFile}.unreadable-20261121T190400Z`
  expect(aside).toEqual([path, `${path}-2`])
  expect(aside.map((each) => readFileSync(each, 'utf8'))).toEqual(['[[1, "mine"', '[[1, "yours"'])
})

test('entries that are no prompts are put aside, and the prompts beside them stay', async () => {
  const { layout, ids, aside } = await fresh()
  await mkdir(layout.own)
  await writeFile(layout.queueFile, `[${a.text}, {"seed": 18446744073709551615}, ${b.text}]`)

  expect(await ids()).toBe('ab')

  expect(aside.map((each) => readFileSync(each, 'utf8'))).toEqual(['[\n{"seed": 18446744073709551615}\n]\n'])
  expect(await ids()).toBe('ab')
  expect(aside.length).toBe(1)
})

test('a prompt of which ComfyUI died twice is laid aside with the reason, also when it was kept again meanwhile', async () => {
  const { kept, layout, ids } = await fresh()
  await kept.add([a, b], 'before')

  expect(await kept.blame('a', 'deadly')).toBe(false)
  expect(await kept.blame('unknown', 'deadly')).toBe(false)
  await kept.add([c, a], 'before')
  expect(await ids()).toBe('cab')
  expect(await kept.blame('a', 'deadly')).toBe(true)

  expect(await ids()).toBe('cb')
  expect(JSON.parse(readFileSync(layout.refusedFile, 'utf8'))).toEqual([
    [0, 'a', { '1': { x: '' } }, {}, ['1'], 'deadly'],
  ])
})

test('more than a thousand large prompts are kept and read back', async () => {
  const { kept } = await fresh()
  const many = Array.from({ length: 1200 }, (_, at) => aPrompt(`p${at}`, at, 'x'.repeat(20_000)))

  await kept.add(many, 'before')

  expect(await kept.read()).toEqual(many)
})

test('a kill at any moment of a change leaves the prompts from before or from after', async () => {
  for (const when of ['before', 'after'] as const)
    for (let n = 1; ; n++) {
      const { kept, layout, ids } = await fresh()
      await kept.add([a, b], 'before')
      const cutting = cuttingHost(HOST, n, when)

      await keptPrompts(cutting.host.fs, layout, FINDING).add([c], 'behind').catch(mustBeCut)

      expect(['ab', 'abc']).toContain(await ids())
      if (!cutting.isCut()) break
    }
})

function mustBeCut(error: unknown): void {
  if (!(error instanceof Cut)) throw error
}

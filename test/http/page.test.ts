import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { StepStatus } from '../../src/app/status.ts'
import { appFor } from '../../src/http/app.ts'
import { aBehind, aStatus } from '../support/status.ts'
import { until } from '../support/until.ts'

const GIB = 1024 ** 3

test('the page shows phase, services, steps, addresses and problems as text, and asks again', async () => {
  const step = { id: 'nodes/clone', title: 'Clone nodes', state: 'working', percent: 7 } as const
  const page = await aPage(() => aStatus({ steps: [...aStatus().steps, step] }))
  await until(() => page.title() !== '', 'the first answer')

  expect(page.title()).toBe('ready · comfy-init')
  expect(page.text('h1')).toBe('ComfyUI is ready')
  const main = page.text('main')
  expect(main).toContain('Cannot <b>do</b> it.')
  expect(main).toContain('Do something else.')
  expect(main).toContain('running, restarts: 1')
  expect(main).toContain('done, 8.1 s')
  expect(main).toContain('http://box:8188/')
  expect(page.elements('progress')).toEqual([{ max: 100, value: 7 }])
  expect(page.waits).toEqual([2000])
})

test('a step that works has a bar and says in words how far it is', async () => {
  const step = {
    id: 'workspace/adopt-image',
    title: 'Copy <b>ComfyUI</b>',
    state: 'working',
    percent: 61,
  } as const
  const parts = { bytes: { done: 1.84 * GIB, total: 3 * GIB }, files: { done: 24310, total: 45012 } }
  const textOf = async (more: Partial<StepStatus>) => {
    const page = await aPage(() => aStatus({ steps: [{ ...step, ...more }] }))
    await until(() => page.title() !== '', 'the first answer')
    expect(page.elements('progress')).toEqual([{ max: 100, value: 61 }])
    expect(page.text('main')).toContain('Copy <b>ComfyUI</b>')
    return page.text('small')
  }

  const far = '61 %, 1.8 GiB of 3.0 GiB, 24310 of 45012 files'
  expect(await textOf({ ...parts, leftMs: 11_400 })).toBe(`${far}, 12 s left`)
  expect(await textOf({ ...parts, leftMs: 200_000 })).toBe(`${far}, 3 min 20 s left`)
  expect(await textOf({ ...parts, leftMs: 3_900_000 })).toBe(`${far}, 1 h 5 min left`)
  expect(await textOf({ ...parts, paused: true })).toBe(`paused (SIGCONT goes on), ${far}`)
  expect(await textOf({ ...parts, bytes: { done: 700, total: 2048 } })).toContain(', 700 B of 2.0 KiB,')
  expect(await textOf({})).toBe('61 %')
})

test('the page says so when nobody answers, and asks again', async () => {
  const page = await aPage(() => {
    throw new Error('gone')
  })
  await until(() => page.waits.length > 0, 'the next try')

  expect(page.text('h1')).toBe('comfy-init does not answer')
})

/** The page's own script, run on as little of a document as it uses. */
async function aPage(status: () => ReturnType<typeof aStatus>) {
  const app = await appFor(aBehind(), { mayAct: false })
  const script = /<script>(.*)<\/script>/s.exec((await app.inject('/')).body)?.[1] ?? ''
  const found = new Map(['h1', '#about', 'main'].map((name) => [name, new Element(name)]))
  const document = {
    title: '',
    createElement: (name: string) => new Element(name),
    querySelector: (name: string) => found.get(name),
  }
  const waits: number[] = []
  const fetch = async () => ({ json: async () => status() })
  const setTimeout = (_: unknown, ms: number) => waits.push(ms)
  runInNewContext(script, {
    document,
    Node: Element,
    location: { hostname: 'box' },
    window: { fetch, setTimeout },
    URL,
  })
  return {
    waits,
    title: () => document.title,
    text: (name: string) =>
      (
        found.get(name) ??
        found
          .get('main')
          ?.all()
          .find((each) => each.name === name)
      )?.text() ?? '',
    elements: (name: string) =>
      (found.get('main')?.all() ?? [])
        .filter((each) => each.name === name)
        .map(({ max, value }) => ({ max, value })),
  }
}

class Element {
  readonly name: string
  textContent = ''
  children: readonly Element[] = []
  max: number | undefined
  value: number | undefined

  constructor(name: string) {
    this.name = name
  }

  append(...inside: readonly Element[]): void {
    this.children = [...this.children, ...inside]
  }

  replaceChildren(...inside: readonly Element[]): void {
    this.children = inside
  }

  get lastChild(): Element | undefined {
    return this.children.at(-1)
  }

  all(): readonly Element[] {
    return [this, ...this.children.flatMap((each) => each.all())]
  }

  text(): string {
    return this.all()
      .map((each) => each.textContent)
      .filter((each) => each !== '')
      .join(' ')
  }
}

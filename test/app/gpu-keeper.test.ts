import { rm } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type GpuKeeping, gpuKeeper } from '../../src/app/gpu-keeper.ts'
import { type Event, makeBus } from '../../src/base/event.ts'
import { quickPauses } from '../support/quick-clock.ts'
import { until } from '../support/until.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { treeOf } from '../support/world/tree-of.ts'
import { aCard, aFacts, aPython, aSettings } from '../support/world.ts'

/** A machine with one card that computes, and its keeper. */
async function aKeeper({ percent = 50, ...overrides }: Partial<GpuKeeping> & { percent?: number } = {}) {
  const root = await treeOf({
    '/dev/nvidia0': { link: '/dev/null' },
    '/smi/nvidia-smi': { program: `#!/bin/sh\necho "0, NVIDIA H200, 1024, 143771, ${percent}"\n` },
  })
  let looks = 0
  const clock = quickPauses(100)
  const host = rootedHost(root, {
    env: { PATH: `${root}/smi:/usr/bin:/bin` },
    clock: { ...clock, sleep: (ms, signal) => clock.sleep(ms, signal).finally(() => looks++) },
  })
  const bus = makeBus()
  const events: Event[] = []
  bus.listen((event) => events.push(event))
  const keeper = gpuKeeper(host, {
    bus,
    facts: aFacts({ gpu: aCard() }),
    settings: aSettings(),
    ...overrides,
  })
  onTestFinished(keeper.close)
  const conditions = () =>
    events.flatMap((event) => (event.type === 'condition' ? [[event.condition, event.text]] : []))
  return { root, keeper, events, conditions, looks: () => looks }
}

test('a card that computes is busy, and its use is known', async () => {
  const { keeper, conditions } = await aKeeper()
  expect(keeper.isBusy()).toBeUndefined()

  await until(() => keeper.now(), 'the use')

  expect(keeper.now()?.[0]).toMatchObject({ name: 'NVIDIA H200', utilisation: 0.5 })
  expect(keeper.isBusy()).toBe(true)
  expect(conditions()).toEqual([])
})

test('a card that only shows a desktop is not busy', async () => {
  const { keeper } = await aKeeper({ percent: 3 })

  await until(() => keeper.now(), 'the use')

  expect(keeper.isBusy()).toBe(false)
})

test('a lost card is told once, with what to do', async () => {
  const { root, events, conditions, looks } = await aKeeper()
  await until(() => looks() > 0, 'a look')

  await rm(`${root}/dev/nvidia0`)

  await until(() => conditions().length > 0, 'the loss')
  const before = looks()
  await until(() => looks() > before + 2, 'more looks')
  expect(conditions()).toEqual([['gpu-lost', 'The GPU cannot be reached any more: /dev/nvidia0 is gone']])
  const problems = events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []))
  expect(problems.map(({ code }) => code)).toEqual(['GPU_LOST'])
  for (const runtime of ['docker', 'podman', 'kubernetes', 'runpod', 'none'] as const)
    expect(problems[0]?.in(runtime).remedy).toMatch(/restart|start|kubectl/i)
})

test.each<[string, Partial<GpuKeeping>]>([
  ['COMFY_GPU=off', { settings: aSettings({ gpu: 'off' }) }],
  ['no card', { facts: aFacts() }],
  [
    'a torch for other cards',
    {
      facts: aFacts({
        gpu: aCard(),
        python: aPython({ torch: { version: '2.9.1+rocm6.4', cuda: undefined, archs: undefined } }),
      }),
    },
  ],
])('with %s nothing is looked at', async (_, keeping) => {
  const { keeper, looks } = await aKeeper(keeping)
  const other = await aKeeper()
  await until(() => other.looks() > 2, 'another one’s looks')

  expect(looks()).toBe(0)
  expect(keeper.now()).toBeUndefined()
})

test('a closed keeper looks at nothing any more', async () => {
  const { keeper, root, conditions, looks } = await aKeeper()
  await until(() => looks() > 0, 'a look')

  keeper.close()
  await rm(`${root}/dev/nvidia0`)
  const after = await aKeeper()
  await until(() => after.looks() > 3, 'another one’s looks')

  expect(conditions()).toEqual([])
})

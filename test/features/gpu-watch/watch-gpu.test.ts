import { chmod, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { smiAsker } from '../../../src/features/gpu-watch/ask-smi.ts'
import type { GpuUse } from '../../../src/features/gpu-watch/gpu-use.ts'
import { afterLook, type Smi, unasked, watchGpu } from '../../../src/features/gpu-watch/watch-gpu.ts'
import { quickClock, quickPauses } from '../../support/quick-clock.ts'
import { until } from '../../support/until.ts'
import { rootedHost } from '../../support/world/rooted-host.ts'
import { treeOf } from '../../support/world/tree-of.ts'

const NODE = { link: '/dev/null' }
const WELL = 'echo "0, NVIDIA H200, 1024, 143771, 7"\necho "1, NVIDIA H200, 0, 143771, 0"'
const LOST =
  'echo "Unable to determine the device handle for GPU1: 0000:41:00.0: GPU is lost.  Reboot the system to recover this GPU"\nexit 15'
const NVML = 'echo "Failed to initialize NVML: Unknown Error"\nexit 255'
const never = new AbortController().signal

/** A machine with two cards whose nvidia-smi does as it is told; five seconds of pause pass in 50 ms. */
async function machine(script: string | undefined) {
  const root = await treeOf({
    '/dev/nvidia0': NODE,
    '/dev/nvidia1': NODE,
    '/dev/nvidiactl': NODE,
    '/dev/nvidia-caps': null,
    '/smi/other': '',
  })
  const say = async (next: string) => {
    await writeFile(`${root}/smi/next`, `#!/bin/sh\necho asked >> ${root}/smi/log\n${next}\n`)
    await chmod(`${root}/smi/next`, 0o755)
    await rename(`${root}/smi/next`, `${root}/smi/nvidia-smi`)
  }
  if (script !== undefined) await say(script)
  const host = rootedHost(root, { env: { PATH: `${root}/smi:/usr/bin:/bin` }, clock: quickPauses(100) })
  const asked = async () => ((await host.fs.readText('/smi/log')) ?? '').split('\n').length - 1
  return { root, host, say, asked }
}

/** What is told of a machine that is watched: how its cards are used, and each change of the signs of their loss. */
function watched({ host }: Awaited<ReturnType<typeof machine>>) {
  const over = new AbortController()
  onTestFinished(() => over.abort())
  const told: { gpus: readonly GpuUse[] | undefined; lost: (string | undefined)[]; looks: number } = {
    gpus: undefined,
    lost: [undefined],
    looks: 0,
  }
  void watchGpu(host, {
    signal: over.signal,
    onUse: (gpus) => {
      told.gpus = gpus
    },
    onLost: (signs) => {
      told.looks++
      if (signs !== told.lost.at(-1)) told.lost.push(signs)
    },
  })
  return told
}

test('the use of the cards is known', async () => {
  const told = watched(await machine(WELL))

  await until(() => told.gpus !== undefined, 'the use')

  expect(told.gpus?.map(({ utilisation }) => utilisation)).toEqual([0.07, 0])
  expect(told.lost).toEqual([undefined])
})

test.each([
  ['a card that fell off the bus', LOST, 'GPU is lost'],
  ['devices that may not be opened any more', NVML, 'Failed to initialize NVML: Unknown Error'],
  ['a card that is not listed any more', 'echo "0, NVIDIA H200, 1, 2, 7"', 'lists 1 of 2 cards'],
  ['an nvidia-smi that breaks', 'exit 9', 'nvidia-smi ended with 9'],
])('%s is lost, and found again when nvidia-smi is well', async (_, ill, sign) => {
  const world = await machine(WELL)
  const told = watched(world)
  await until(() => told.gpus !== undefined, 'the use')

  await world.say(ill)
  await until(() => told.lost.length === 2, 'the loss')
  expect(told.lost[1]).toContain(sign)
  expect(told.gpus).toBeUndefined()

  await world.say(WELL)
  await until(() => told.lost.length === 3, 'the return')
  expect(told.lost[2]).toBeUndefined()
})

test('a device node that goes is a loss at once, and none when it is back', async () => {
  const world = await machine(undefined)
  const told = watched(world)
  await until(() => told.looks > 0, 'a look')

  await rm(`${world.root}/dev/nvidia-caps`, { recursive: true })
  const { looks } = told
  await until(() => told.looks > looks + 1, 'a look without a folder that is no device')
  expect(told.lost).toEqual([undefined])
  await rm(`${world.root}/dev/nvidia1`)
  await until(() => told.lost.length === 2, 'the loss')
  expect(told.lost[1]).toBe('/dev/nvidia1 is gone')

  await symlink('/dev/null', `${world.root}/dev/nvidia1`)
  await until(() => told.lost.length === 3, 'the return')
})

test('without nvidia-smi nothing is known and nothing is lost, and it is not looked for again', async () => {
  const world = await machine(undefined)
  const told = watched(world)
  await until(() => told.looks > 2, 'some looks')
  await world.say(NVML)

  const { looks } = told
  await until(() => told.looks > looks + 14, 'two more times')

  expect(await world.asked()).toBe(0)
  expect(told).toMatchObject({ gpus: undefined, lost: [undefined] })
})

test('an nvidia-smi that never worked says nothing about the cards', async () => {
  const told = watched(await machine(NVML))

  await until(() => told.looks > 14, 'many looks')

  expect(told.lost).toEqual([undefined])
})

test('an nvidia-smi that is ill once has lost nothing', async () => {
  const world = await machine(WELL)
  const told = watched(world)
  await until(() => told.gpus !== undefined, 'the use')
  await world.say(
    `[ -e ${world.root}/once ] && { ${WELL.replace('\n', '; ')}; exit 0; }\ntouch ${world.root}/once; exit 9`,
  )

  const asked = await world.asked()
  await until(async () => (await world.asked()) >= asked + 3, 'the ill answer and the next ones')

  expect(told.lost).toEqual([undefined])
})

test('one ill answer is not yet a loss', () => {
  const well = afterLook(unasked, { state: 'well', gpus: [] as GpuUse[] })
  const known: Smi = { ...well, known: 2 }
  const once = afterLook(known, { state: 'ill', sign: 'x' })

  expect(once.ill).toBe(1)
  expect(afterLook(once, { state: 'ill', sign: 'y' })).toMatchObject({ ill: 2, sign: 'y' })
  expect(afterLook(once, { state: 'well', gpus: [] }).ill).toBe(0)
})

test('an nvidia-smi that hangs is answered for in time, and no other is started beside it', async () => {
  const world = await machine(WELL)
  const hung = Promise.withResolvers<never>()
  const started: string[] = []
  const host = {
    ...world.host,
    exec: {
      ...world.host.exec,
      run: ({ file }: { readonly file: string }) => {
        started.push(file)
        return hung.promise
      },
    },
  }
  const ask = smiAsker({ ...host, clock: quickClock(250) })

  const first = await ask(2, never)
  const second = await ask(2, never)

  expect(first).toEqual({ state: 'ill', sign: 'nvidia-smi did not answer within 20 s' })
  expect(second).toEqual(first)
  expect(started).toEqual(['nvidia-smi'])
})

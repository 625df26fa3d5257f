import { describe, expect, it } from 'vitest'
import type { GpuFacts } from '../../../src/facts/device-facts.ts'
import { isNewerOrSame } from '../../../src/features/preflight/version.ts'
import { aCard, aGpu, aPython } from '../../support/world.ts'
import { codesOf, problemsOf, type Row } from './codes.ts'

const PLAY_5090 = { name: 'NVIDIA GeForce RTX 5090', capability: 'sm_120' }
const CU128 = ['sm_75', 'sm_80', 'sm_86', 'sm_90', 'sm_100', 'sm_120', 'compute_120']
const CU124 = ['sm_50', 'sm_60', 'sm_70', 'sm_75', 'sm_80', 'sm_86', 'sm_90']

const torch = (cuda?: string, archs?: readonly string[]) =>
  aPython({
    torch: { version: cuda === undefined ? '2.9.1+cpu' : `2.9.1+cu${cuda.replace('.', '')}`, cuda, archs },
  })
const withGpu = (gpu: GpuFacts, python = torch('12.8')): Row => ({
  settings: { gpu: 'auto' },
  facts: { gpu, python },
})

describe('a GPU, or none', () => {
  it.each<[string, Row, readonly string[]]>([
    ['a card is well', withGpu(aCard()), []],
    ['auto without a card says that the CPU is used', withGpu(aGpu()), ['warning GPU_ABSENT']],
    ['off says nothing', { facts: { gpu: aGpu() } }, []],
    ['--cpu among the arguments says nothing', { settings: { gpu: 'auto', args: ['--cpu'] } }, []],
    ['require without a card blocks', { settings: { gpu: 'require' } }, ['blocking GPU_REQUIRED']],
    [
      'torch for AMD is left alone',
      withGpu(aGpu(), aPython({ torch: { version: '2.9.1+rocm6.4', cuda: undefined, archs: undefined } })),
      [],
    ],
    ['a CPU build of torch is said', withGpu(aCard(), torch()), ['warning TORCH_WITHOUT_CUDA']],
    [
      'a CPU build of torch blocks where a GPU is required',
      { ...withGpu(aCard(), torch()), settings: { gpu: 'require' } },
      ['blocking TORCH_WITHOUT_CUDA'],
    ],
    ['an unknown torch is no problem', withGpu(aCard(), aPython({ torch: undefined })), []],
  ])('%s', (_, row, expected) => {
    expect(codesOf(row)).toEqual(expected)
  })
})

describe('the driver against the CUDA of torch', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['the oldest for CUDA 12', '525.60.13', '12.4', []],
    ['one older than that', '525.60.12', '12.4', ['blocking DRIVER_TOO_OLD']],
    ['the newest of CUDA 12 runs on the oldest driver too', '525.85.12', '12.9', []],
    ['CUDA 13 on a driver of CUDA 12', '570.86.15', '13.0', ['blocking DRIVER_TOO_OLD']],
    ['CUDA 13 on its own driver', '580.65.06', '13.0', []],
    ['CUDA 11 on an old driver', '450.80.02', '11.8', []],
    ['CUDA 11 on one older still', '440.33', '11.8', ['blocking DRIVER_TOO_OLD']],
    ['a CUDA nobody knows yet', '580.65.06', '14.0', []],
  ])('%s', (_, driver, cuda, expected) => {
    const row = withGpu(aCard({}, driver), torch(cuda))
    expect(codesOf(row)).toEqual(expected)
    expect(codesOf({ ...row, settings: { gpu: 'off' } })).toEqual([])
  })

  it('a Blackwell card needs the driver that first knew it', () => {
    const needed = (driver: string) => problemsOf(withGpu(aCard(PLAY_5090, driver)))[0]?.details
    expect(needed('565.57.01')).toMatchObject({ needed: '570.26' })
    expect(needed('570.26')).toBeUndefined()
  })

  it.each<[string, GpuFacts]>([
    ['a data-centre card', aCard({ name: 'NVIDIA H100 80GB HBM3', capability: 'sm_90' }, '550.54.15')],
    ['a card nobody named yet', { ...aCard({}, '550.54.15'), cards: [] }],
  ])('is only said for %s, which cuda-compat may serve', (_, gpu) => {
    expect(codesOf(withGpu(gpu, torch('13.0')))).toEqual(['warning DRIVER_TOO_OLD'])
  })

  it('an unknown driver is no problem', () => {
    expect(codesOf(withGpu({ ...aCard(), driver: undefined }, torch('13.0')))).toEqual([])
  })
})

describe('the card against the archs of torch', () => {
  it.each<[string, string, readonly string[], boolean]>([
    ['its own code', 'sm_86', ['sm_86'], true],
    ['code of the same major version and an earlier minor one', 'sm_89', ['sm_86'], true],
    ['code of a later minor version', 'sm_80', ['sm_86'], false],
    ['code of another major version', 'sm_90', ['sm_89'], false],
    ['PTX of an earlier card', 'sm_120', ['sm_90', 'compute_90'], true],
    ['PTX of a later card', 'sm_89', ['compute_90'], false],
    ['code for exactly this card', 'sm_90', ['sm_90a'], true],
    ['code for exactly another card', 'sm_121', ['sm_120a'], false],
    ['code for the family', 'sm_121', ['sm_120f'], true],
    ['a 5090 with a torch of CUDA 12.8', 'sm_120', CU128, true],
    ['a 5090 with a torch of CUDA 12.4', 'sm_120', CU124, false],
    ['a 1080 with a torch of CUDA 12.8', 'sm_61', CU128, false],
    ['a 1080 with a torch of CUDA 12.4', 'sm_61', CU124, true],
  ])('%s', (_, capability, archs, runs) => {
    const row = withGpu(aCard({ capability }, '590.10'), torch('12.8', archs))
    expect(codesOf(row)).toEqual(runs ? [] : ['blocking GPU_NOT_IN_TORCH'])
  })

  it.each<[string, string | undefined, string, readonly string[]]>([
    ['a 5090 with CUDA 12.4 is very likely not in it', 'sm_120', '12.4', ['warning GPU_NOT_IN_TORCH']],
    ['a 5090 with CUDA 12.8 is', 'sm_120', '12.8', []],
    ['a 4090 with CUDA 11.8 is', 'sm_89', '11.8', []],
    ['an unknown capability is no problem', undefined, '12.4', []],
  ])('while the archs are unknown, the CUDA version is judged: %s', (_, capability, cuda, expected) => {
    expect(codesOf(withGpu(aCard({ capability }, '590.10'), torch(cuda)))).toEqual(expected)
  })

  it('one card of two that fits is enough to start', () => {
    const gpu = { ...aCard({}, '590.10') }
    const cards = [...gpu.cards, PLAY_5090]
    expect(codesOf(withGpu({ ...gpu, cards }, torch('12.4', CU124)))).toEqual(['warning GPU_NOT_IN_TORCH'])
  })

  it.each([
    ['sm_120', CU124, 'CUDA 12.8 or newer'],
    ['sm_61', CU128, 'CUDA 12.6'],
    ['sm_90', ['sm_86'], 'CUDA 11.8 or newer'],
  ])('%s is told which image to use', (capability, archs, advice) => {
    const [problem] = problemsOf(withGpu(aCard({ capability }, '590.10'), torch('12.8', archs)))
    expect(problem?.in('docker').remedy).toContain(advice)
  })
})

describe('versions', () => {
  it.each([
    ['570.86.15', '570.26', true],
    ['570.26', '570.86.15', false],
    ['3.9', '3.10', false],
    ['3.10', '3.10', true],
    ['3.10.4', '3.10', true],
    ['580', '580.65.06', false],
  ])('%s against %s', (version, than, expected) => {
    expect(isNewerOrSame(version, than)).toBe(expected)
  })
})

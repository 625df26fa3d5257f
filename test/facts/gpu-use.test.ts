import { describe, expect, it } from 'vitest'
import { type GpuAsked, usesGpu } from '../../src/facts/gpu-use.ts'
import { aCard, aFacts, aGpu, aPython } from '../support/world.ts'

const AUTO: GpuAsked = { gpu: 'auto', args: [] }
const card = aCard()
const none = aGpu()
const torch = (version: string, cuda?: string) => aPython({ torch: { version, cuda, archs: undefined } })
const forCuda = torch('2.9.1+cu128', '12.8')

describe('whether ComfyUI uses a GPU', () => {
  it.each([
    ['auto uses the card that is there', AUTO, card, forCuda, true],
    ['auto without a card does not', AUTO, none, forCuda, false],
    ['auto with a CPU build of torch does not', AUTO, card, torch('2.9.1+cpu'), false],
    ['auto leaves torch for AMD to find its own card', AUTO, none, torch('2.9.1+rocm6.4'), true],
    ['auto with an unknown torch goes by the card', AUTO, card, aPython({ torch: undefined }), true],
    ['off never does', { ...AUTO, gpu: 'off' as const }, card, forCuda, false],
    ['--cpu among the arguments is obeyed', { ...AUTO, args: ['--cpu'] }, card, forCuda, false],
    ['require does even when none was seen', { ...AUTO, gpu: 'require' as const }, none, forCuda, true],
  ])('%s', (_, asked, gpu, python, uses) => {
    expect(usesGpu(asked, aFacts({ gpu, python }))).toBe(uses)
  })
})

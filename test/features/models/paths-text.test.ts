import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { pathsText } from '../../../src/features/models/paths-text.ts'
import { anImage, aTier } from '../../support/world.ts'

const { categories } = anImage()

test('each tier is a section, hot to cold, with the folders that exist', () => {
  const tiers = [aTier('/hot', ['loras', 'clip', 'text_encoders', 'LLM']), aTier('/cold', ['unet', 'loras'])]
  expect(
    `${pathsText(tiers, categories, '/my nodes')}`.split('\n').slice(1).join('\n'),
  ).toBe(`comfy_init_tier_1:
  base_path: /hot
  loras: loras
  text_encoders: |
    text_encoders
    clip
comfy_init_tier_2:
  base_path: /cold
  loras: loras
  diffusion_models: unet
comfy_init_nodes:
  custom_nodes: "/my nodes"
`)
})

test('there is no text when no tier has a folder that ComfyUI knows', () => {
  expect(pathsText([], categories, undefined)).toBeUndefined()
  expect(pathsText([aTier('/hot', ['LLM'])], categories, undefined)).toBeUndefined()
})

test('every value is a text without is_default, whatever the paths are called', () => {
  const odd = [
    '/a: b',
    '/#x',
    '/"quoted"',
    "/it's",
    '/tab\there',
    '/ünï',
    '/- dash',
    '/yes',
    '/1e3',
    '/{x}',
    '/a\\b',
  ]
  const tiers = odd.map((path) => aTier(path, ['loras', 'yes', '0x10']))
  const extra = ['yes', '0x10'].map((name) => ({ name, folders: [name] }))
  const read: Record<string, Record<string, unknown>> = parse(
    `${pathsText(tiers, [...categories, ...extra], '/n: x')}`,
    {
      version: '1.1',
    },
  )
  const sections = Object.values(read)
  expect(sections.map((section) => section.base_path)).toEqual([...odd, undefined])
  for (const section of sections)
    for (const [key, value] of Object.entries(section)) {
      expect(typeof value).toBe('string')
      expect(value).not.toBe('')
      expect(key).not.toBe('is_default')
    }
  expect(sections[0]).toMatchObject({ yes: 'yes', '0x10': '0x10' })
})

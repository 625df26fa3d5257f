import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshPlace, load, ready } from './fresh.ts'

describe('extra model paths', () => {
  it('are added in order, a default before all others, relative ones from the file', async () => {
    const yaml = `
      # shared models
      cold:
        base_path: /srv/cold
        checkpoints: checkpoints
        unet: |
          one
          two
      hot: { }
      none:
      "quoted":
        is_default: yes
        loras: 'lo''ras'   # a comment
        LLM: >-
          deep/LLM
    `.replaceAll(/^ {6}/gm, '')
    const place = await freshPlace({ 'extra.yaml': yaml, 'models/loras/x.safetensors': '' })
    const comfyui = await ready(place, {
      args: ['--extra-model-paths-config', join(place.base, 'extra.yaml')],
    })
    const folders = (await (await fetch(`${comfyui.url}/internal/folder_paths`)).json()) as Record<
      string,
      string[]
    >
    const own = (name: string) => join(place.base, 'models', name)
    expect(folders.checkpoints).toEqual([
      own('checkpoints'),
      '/srv/cold/checkpoints',
      join(place.base, 'output/checkpoints'),
    ])
    expect(folders.diffusion_models?.slice(0, 4)).toEqual([
      own('unet'),
      own('diffusion_models'),
      '/srv/cold/one',
      '/srv/cold/two',
    ])
    expect(folders.loras?.slice(0, 2)).toEqual([join(place.base, "lo'ras"), own('loras')])
    expect(folders.LLM).toEqual([join(place.base, 'deep/LLM')])
    expect(await (await fetch(`${comfyui.url}/models/loras`)).json()).toEqual(['x.safetensors'])
    expect(comfyui.err()).toContain('Adding extra search path checkpoints /srv/cold/checkpoints')
  })

  it.each([
    ['an empty file', '', "TypeError: 'NoneType' object is not iterable"],
    [
      'a key without a value',
      'a:\n  checkpoints:\n',
      "AttributeError: 'NoneType' object has no attribute 'split'",
    ],
    [
      'a list as a value',
      'a:\n  checkpoints:\n    - x\n',
      "AttributeError: 'list' object has no attribute 'split'",
    ],
    [
      'a flow list as a value',
      'a:\n  checkpoints: [x, y]\n',
      "AttributeError: 'list' object has no attribute 'split'",
    ],
    ['mere text', 'just text\n', 'TypeError: string indices must be integers'],
    ['bad indentation', 'a:\n  b: c\n    d: e\n', 'YamlError'],
  ])('%s ends the start with 1', async (_, yaml, message) => {
    const place = await freshPlace({ 'extra.yaml': yaml })
    const { code, err } = await load(place, {
      args: ['--extra-model-paths-config', join(place.base, 'extra.yaml')],
    })
    expect(code).toBe(1)
    expect(err()).toContain(message)
  })
})

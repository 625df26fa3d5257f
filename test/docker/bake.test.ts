import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { argumentsOf, TOP } from './dockerfile.ts'
import { argsIn, bakeBlocks, targetOf } from './hcl.ts'

const IMAGES = ['cpu', 'cuda-4090', 'cuda-5090'] as const
const blocks = bakeBlocks()
const named = (kind: string) => blocks.filter((each) => each.kind === kind).map(({ name }) => name)

test('there is an image for the CPU and each card, and a slim one of each', () => {
  const targets = named('target').filter((name) => !['image', 'without-jupyter'].includes(name))
  expect(targets.toSorted()).toEqual(IMAGES.flatMap((name) => [name, `${name}-slim`]))
  const groups = blocks.filter(({ kind }) => kind === 'group')
  expect(Object.fromEntries(groups.map(({ name, values }) => [name, values.targets]))).toEqual({
    default: IMAGES,
    slim: IMAGES.map((name) => `${name}-slim`),
    all: ['default', 'slim'],
  })
})

describe.each(IMAGES.flatMap((name) => [name, `${name}-slim`]))('%s', (name) => {
  const target = targetOf(blocks, name)
  const file = `${target.dockerfile}`

  test('is built from a Dockerfile that is there, with arguments that it declares', () => {
    expect(existsSync(join(TOP, file))).toBe(true)
    const declared = argumentsOf(file)
    expect(Object.keys(argsIn(target)).filter((each) => !declared.has(each))).toEqual([])
    expect(argsIn(target).WITH_JUPYTER).toBe(name.endsWith('-slim') ? 'false' : undefined)
  })

  test('is built for arm64 where torch has it, and tagged with its own name', () => {
    const both = ['linux/amd64', 'linux/arm64']
    expect(target.platforms).toEqual(name.startsWith('cuda-4090') ? ['linux/amd64'] : both)
    expect(target.tags).toBe(`tags("${name}")`)
  })

  test('reads the cache of the full image, which alone writes it: both are built at the same time', () => {
    const full = name.replace('-slim', '')
    expect(target['cache-from']).toBe(`cache_from("${full}")`)
    expect(target['cache-to']).toEqual(name === full ? `cache_to("${full}")` : [])
  })
})

test('each card has the CUDA and the code it needs', () => {
  expect(argsIn(targetOf(blocks, 'cuda-4090'))).toMatchObject({ CUDA: '12.8', ARCH: '8.9' })
  expect(argsIn(targetOf(blocks, 'cuda-5090'))).toMatchObject({ CUDA: '13.0', ARCH: '12.0' })
})

test('the ComfyUI that is asked for is the one that a Dockerfile takes by itself, and its commit is a whole one', () => {
  const defaultOf = (name: string) => blocks.find((each) => each.name === name)?.values.default
  for (const file of ['Dockerfile.cpu', 'Dockerfile.cuda'])
    expect(argumentsOf(file).get('COMFYUI_REF')).toBe(defaultOf('COMFYUI_REF'))
  expect(defaultOf('COMFYUI_COMMIT')).toMatch(/^[0-9a-f]{40}$/)
})

// The program that reads this file for good; BUILDX names one that is not docker's.
const buildx = process.env.BUILDX === undefined ? ['docker', 'buildx'] : [process.env.BUILDX]
const [program = '', ...words] = buildx
const hasBuildx = spawnSync(program, [...words, 'version']).status === 0

test.skipIf(!hasBuildx)(
  'buildx reads the file, and makes of it the tags and caches that are asked for',
  () => {
    const args = [...words, 'bake', '-f', 'docker/docker-bake.hcl', '--print', 'all']
    const env = { ...process.env, IMAGE: 'example.org/comfyui', VERSION: '1.2.3', CACHE: 'gha' }
    const { stdout, stderr, status } = spawnSync(program, args, { cwd: TOP, encoding: 'utf8', env })
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    const { target } = JSON.parse(stdout)
    expect(Object.keys(target).toSorted()).toEqual(IMAGES.flatMap((name) => [name, `${name}-slim`]))
    expect(target['cpu-slim'].tags).toEqual([
      'example.org/comfyui:1.2.3-comfyuiv0.33.0-cpu-slim',
      'example.org/comfyui:cpu-slim',
    ])
    expect(target['cuda-5090']['cache-to']).toEqual([{ type: 'gha', scope: 'cuda-5090', mode: 'max' }])
    expect(target['cuda-5090-slim']['cache-to'] ?? []).toEqual([])
  },
)

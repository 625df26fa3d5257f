import { describe, expect, test } from 'vitest'
import { readForeign } from '../../../../src/features/nodes/formats/read-foreign.ts'
import { COMMIT, DEFINITION, DESKTOP, MANAGER, MANAGER_YAML, OTHER, SNAPSHOT } from './samples.ts'

const read = (value: unknown) => readForeign(JSON.stringify(value), '/tmp/file')

describe('a snapshot of ComfyUI-Manager', () => {
  test('its commits and versions come out exactly, and what is switched off stays so', () => {
    const { format, entries, locked, comfyui } = read(MANAGER)
    expect(format).toBe('manager')
    expect(entries).toEqual([
      { git: 'https://example.org/owner/One' },
      { git: 'https://example.org/owner/two.git', enabled: false },
      { registry: 'comfyui-three' },
      { registry: 'four' },
    ])
    expect(locked.map(({ folder, commit, version }) => `${folder} ${commit ?? version}`)).toEqual([
      `One ${COMMIT}`,
      `two ${OTHER}`,
      'comfyui-three 1.10.0',
      'four 2.0.0',
    ])
    expect(comfyui).toEqual({ commit: OTHER })
  })

  test('packages are pins, but for those of the image and those without a version, which are told', () => {
    const { packages, notes } = read(MANAGER)
    expect(packages).toEqual([{ name: 'einops', version: '0.8.1', for: [] }])
    expect(notes).toEqual([
      expect.stringContaining('single.py'),
      expect.stringMatching(/belong to the image: torch, nvidia-cublas-cu12|torch==2.8.0\+cu128/),
      expect.stringMatching(/no version: odd-one\.$/),
    ])
  })

  test('as YAML it says the same', () => {
    expect(readForeign(MANAGER_YAML, '/tmp/file')).toEqual(read(MANAGER))
  })

  test('a commit that looks like a number stays a commit', () => {
    const yaml = `custom_nodes:\n  git_custom_nodes:\n    https://h/o/n:\n      hash: ${'1'.repeat(20)}e${'2'.repeat(19)}\n`
    expect(readForeign(yaml, '/x').locked[0]?.commit).toBe(`${'1'.repeat(20)}e${'2'.repeat(19)}`)
  })

  test('a node without a commit, or with half of one, is told or asked for by what there is', () => {
    const { entries, locked, notes } = read({
      git_custom_nodes: { 'https://h/o/a': { hash: null }, 'https://h/o/b': { hash: 'abc1234' } },
      cnr_custom_nodes: { c: 'nightly' },
    })
    expect(entries).toEqual([
      { git: 'https://h/o/a' },
      { git: 'https://h/o/b', ref: 'abc1234' },
      { registry: 'c' },
    ])
    expect(locked).toEqual([])
    expect(notes).toEqual([
      expect.stringMatching(/^a names no commit/),
      expect.stringMatching(/^c .*«nightly»/),
    ])
  })

  test('two for one folder, odd addresses and passwords are told, and nothing of them is carried over', () => {
    const { entries, locked, notes } = read({
      git_custom_nodes: {
        'https://h/o/a': { hash: COMMIT },
        'https://h/p/A.git': { hash: OTHER },
        'C:\\repos\\x': { hash: COMMIT },
        'https://me:hunter2@h/o/secret': { hash: COMMIT },
      },
    })
    expect(entries).toEqual([{ git: 'https://h/o/a' }, { git: 'https://h/o/secret' }])
    expect(locked).toHaveLength(2)
    expect(notes).toEqual([
      expect.stringMatching(/^A is left out: the folder A is another/),
      expect.stringMatching(/is left out: /),
      expect.stringMatching(/COMFY_GIT_CREDENTIALS/),
    ])
    expect(JSON.stringify([entries, locked, notes])).not.toContain('hunter2')
  })
})

describe('a snapshot of Comfy Desktop', () => {
  test.each([
    ['an export of version 1', DESKTOP],
    [
      'an export of version 2',
      { ...DESKTOP, version: 2, snapshots: [{ ...SNAPSHOT, version: 2, torchStack: {} }] },
    ],
    ['one snapshot by itself', SNAPSHOT],
  ])('%s: commits, versions and folders come out exactly', (_, value) => {
    const { format, entries, locked, comfyui, packages } = read(value)
    expect(format).toBe('desktop')
    expect(entries).toEqual([
      { git: 'ssh://git@example.org/owner/One.git' },
      { registry: 'comfyui-three', folder: 'three', enabled: false },
    ])
    expect(locked.map(({ folder, commit, version }) => `${folder} ${commit ?? version}`)).toEqual([
      `One ${COMMIT}`,
      'three 1.10.0',
    ])
    expect(comfyui).toEqual({ version: '0.33.0', commit: OTHER })
    expect(packages).toEqual([{ name: 'einops', version: '0.8.1', for: [] }])
  })

  test('of several snapshots the newest is taken, and that is said', () => {
    expect(read(DESKTOP).notes).toEqual([
      expect.stringMatching(/^Of 2 snapshots the newest is taken, 2026-11-01.*good one/),
      expect.stringContaining('single.py'),
      expect.stringContaining('torch==2.8.0+cu128'),
    ])
  })
})

describe('a definition of comfy-cli', () => {
  test.each([
    ['by itself', DEFINITION],
    ['in what the program prints', { ok: true, data: { definition: DEFINITION } }],
  ])('%s: commits and versions come out exactly, a tag as a tag', (_, value) => {
    const { format, entries, locked, comfyui, packages } = read(value)
    expect(format).toBe('comfy-cli')
    expect(entries).toEqual([
      { git: 'https://example.org/owner/One' },
      { git: 'https://example.org/owner/tagged', ref: 'v1.2' },
      { registry: 'comfyui-three', folder: 'three' },
    ])
    expect(locked.map(({ folder, commit, version }) => `${folder} ${commit ?? version}`)).toEqual([
      `One ${COMMIT}`,
      'three 1.10.0',
    ])
    expect(comfyui).toEqual({ version: '0.33.0' })
    expect(packages).toEqual([{ name: 'einops', version: '0.8.1', for: [] }])
  })

  test('what has no source, models and packages without a version are told, without a token', () => {
    const { notes } = read(DEFINITION)
    expect(notes).toEqual([
      expect.stringContaining('by hand: mine.'),
      expect.stringMatching(/no version: x, /),
      expect.stringContaining('Models are not nodes: 1 '),
    ])
    expect(JSON.stringify(notes)).not.toContain('t0ken')
  })
})

test.each([
  ['', /mapping/],
  ['[1]', /mapping|begins with/],
  ['{"nodes":[]}', /begins with: nodes\./],
  ['a: [', /neither JSON nor YAML: line \d/],
  ['just words', /mapping/],
])('%j is none of them, which is refused', (text, reason) => {
  try {
    readForeign(text, '/tmp/file')
    expect.unreachable()
  } catch (error) {
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      code: 'NODES_FORMAT_UNKNOWN',
      why: expect.stringMatching(reason),
    })
  }
})

import { describe, expect, test } from 'vitest'
import type { ManifestText } from '../../../src/facts/node-facts.ts'
import { wantedNodes } from '../../../src/features/nodes/wanted.ts'

const IMAGE = '/etc/comfy-init/nodes.yaml'
const MINE = '/workspace/.comfy-init/nodes.yaml'

function manifest(path: string, ...nodes: readonly unknown[]): ManifestText {
  return { path, value: { nodes }, fault: undefined }
}

function wanted(nodes: readonly string[] | undefined, ...manifests: readonly ManifestText[]) {
  return wantedNodes({ nodes }, { nodeRecords: { manifests } })
}

function names(nodes: readonly string[] | undefined, ...manifests: readonly ManifestText[]) {
  return wanted(nodes, ...manifests).nodes.map(({ folder, enabled }) => (enabled ? folder : `-${folder}`))
}

describe('nodes that are wanted', () => {
  test('without a manifest and without COMFY_NODES they are the two defaults', () => {
    expect(names(undefined)).toEqual(['ComfyUI-Manager', 'comfyui_controlnet_aux'])
  })

  test('a manifest takes the defaults’ place, also an empty or broken one; so does COMFY_NODES', () => {
    expect(names(undefined, manifest(IMAGE, 'a/b'))).toEqual(['b'])
    expect(names(undefined, manifest(IMAGE))).toEqual([])
    expect(names(undefined, { path: IMAGE, value: undefined, fault: 'line 1: broken' })).toEqual([])
    expect(names([])).toEqual([])
    expect(names(['a/b'])).toEqual(['b'])
  })

  test('image, workspace and COMFY_NODES are put together in the order of first appearance', () => {
    const image = manifest(IMAGE, 'o/one', 'o/two')
    const mine = manifest(MINE, 'o/three', 'o/one')
    expect(names(['o/four', 'o/two'], image, mine)).toEqual(['one', 'two', 'three', 'four'])
  })

  test('of entries for one folder the later file’s counts, as a whole and in any case of letters', () => {
    const image = manifest(IMAGE, { git: 'o/one', required: true, env: { A: '1' } })
    const { nodes } = wanted(['o/ONE@v2'], image)
    expect(nodes).toEqual([
      {
        folder: 'ONE',
        source: { kind: 'git', url: 'https://github.com/o/ONE', ref: 'v2' },
        enabled: true,
        required: false,
        onlyIf: [],
        env: {},
        requirements: undefined,
        from: 'COMFY_NODES',
      },
    ])
  })

  test('a later file can switch off what an earlier one asks for, and nothing else', () => {
    const image = manifest(IMAGE, 'o/one', 'o/two')
    const off = (folder: string) => manifest(MINE, { folder, enabled: false })
    expect(names([], image, off('ONE'))).toEqual(['-one', 'two'])
    expect(wanted([], image, off('ONE')).nodes[0]).toMatchObject({ from: MINE, source: { kind: 'git' } })

    const { nodes, problems } = wanted([], image, off('three'))
    expect(nodes).toHaveLength(2)
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual(['NODES_ENTRY_INVALID warning'])
  })

  test('what is wrong in all files is told at once', () => {
    const image = manifest(IMAGE, 'x y', 'o/one')
    const { nodes, problems } = wanted(['../x', 'o/two'], image, {
      path: MINE,
      value: undefined,
      fault: 'no',
    })
    expect(nodes.map(({ folder }) => folder)).toEqual(['one', 'two'])
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual([
      'NODES_ENTRY_INVALID warning',
      'NODES_FILE_INVALID warning',
      'NODE_NAME_INVALID warning',
    ])
    expect(problems.at(-1)?.degrades).toBe(true)
  })

  test('COMFY_NODES: the same node twice is one; two for one folder, or a password, are left out', () => {
    expect(names(['o/one', 'o/one'])).toEqual(['one'])
    const { nodes, problems } = wanted(['o/one', 'p/One', 'https://me:hunter2@host/a/b'])
    expect(nodes).toHaveLength(1)
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual([
      'NODE_NAME_INVALID warning',
      'NODE_CREDENTIALS_WRITTEN warning',
    ])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })
})

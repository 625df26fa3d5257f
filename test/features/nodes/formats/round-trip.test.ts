import { describe, expect, test } from 'vitest'
import type { NodesLock, WantedNode } from '../../../../src/base/node.ts'
import type { Foreign, Format } from '../../../../src/features/nodes/formats/foreign.ts'
import { readForeign } from '../../../../src/features/nodes/formats/read-foreign.ts'
import { writeForeign } from '../../../../src/features/nodes/formats/write-foreign.ts'
import { EMPTY_LOCK } from '../../../../src/features/nodes/lock/merge-locks.ts'
import { wantedNodes } from '../../../../src/features/nodes/wanted.ts'
import { COMMIT, DEFINITION, DESKTOP, MANAGER, OTHER } from './samples.ts'

const AT = Date.UTC(2026, 10, 21)

/** What an instance wants and holds that took a file over. */
function taken({ entries, locked, packages, comfyui }: Foreign): readonly [readonly WantedNode[], NodesLock] {
  const manifests = [{ path: '/ws/nodes.yaml', value: { nodes: entries }, fault: undefined }]
  const { nodes, problems } = wantedNodes({ nodes: [] }, { nodeRecords: { manifests } })
  expect(problems).toEqual([])
  return [nodes, { ...EMPTY_LOCK, comfyui, nodes: locked, packages }]
}

function exported(format: Format, [wanted, lock]: readonly [readonly WantedNode[], NodesLock]) {
  return writeForeign(format, { wanted, lock, name: 'mine', atMs: AT })
}

describe.each([
  ['manager', MANAGER],
  ['desktop', DESKTOP],
  ['comfy-cli', DEFINITION],
] as const)('a file of %s', (format, value) => {
  test('is after import, export and import the same', () => {
    const once = readForeign(JSON.stringify(value), '/1')
    // A tag becomes a commit when it is checked out.
    const locked = once.entries.flatMap(({ git, ref }) =>
      git === undefined || ref === undefined
        ? []
        : [{ folder: 'tagged', source: { kind: 'git', url: git, ref: String(ref) } as const, commit: OTHER }],
    )
    const { text, notes } = exported(format, taken({ ...once, locked: [...once.locked, ...locked] }))
    const again = readForeign(text, '/2')

    expect(notes).toEqual([])
    expect(again.format).toBe(format)
    const withoutRef = once.entries.map(({ ref, ...entry }) => entry)
    expect(again.entries).toEqual(withoutRef)
    expect(again.locked.map(({ folder, commit, version }) => [folder, commit, version])).toEqual(
      expect.arrayContaining(once.locked.map(({ folder, commit, version }) => [folder, commit, version])),
    )
    expect([again.packages, again.comfyui]).toEqual([once.packages, once.comfyui])
  })
})

test('a snapshot for ComfyUI-Manager has its very keys', () => {
  const { text } = exported('manager', taken(readForeign(JSON.stringify(MANAGER), '/1')))
  expect(JSON.parse(text)).toEqual({ ...MANAGER, file_custom_nodes: [], pips: { 'einops==0.8.1': '' } })
})

describe('what a format cannot hold is told', () => {
  const entries = [
    { zip: 'https://h/n.zip', sha256: 'ab'.repeat(32) },
    { path: '/srv/mine' },
    { git: 'https://h/o/loose' },
    { git: 'https://h/o/pinned', ref: COMMIT },
    { registry: 'off', version: '1.0.0', enabled: false },
  ]
  const about = {
    format: 'manager',
    entries,
    locked: [],
    packages: [],
    comfyui: undefined,
    notes: [],
  } as const

  test.each([
    ['manager', ['n', 'mine', 'loose', 'off'], 'pinned'],
    ['desktop', ['n', 'mine', 'loose'], 'off'],
    ['comfy-cli', ['n', 'mine', 'loose', 'off', 'It names'], 'pinned'],
  ] as const)('%s', (format, left, held) => {
    const { text, notes } = exported(format, taken(about))
    expect(notes.map((note) => left.find((name) => note.startsWith(`${name} `)))).toEqual(left)
    expect(text).toContain(held)
  })
})

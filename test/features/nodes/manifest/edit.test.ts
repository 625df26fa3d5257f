import { describe, expect, test } from 'vitest'
import { readYaml } from '../../../../src/facts/yaml-value.ts'
import { addEntry, removeEntry } from '../../../../src/features/nodes/manifest/edit.ts'
import { readEntry } from '../../../../src/features/nodes/manifest/read-entry.ts'
import { writtenEntry } from '../../../../src/features/nodes/manifest/written-entry.ts'

const TEXT = `# nodes of mine

nodes:
  # everybody wants this one
  - owner/One@v1 # pinned

  - git: owner/two
    ref: 12e4567
    env: { A: 010, B: yes }
  # the last
  - registry: three
    version: 1.10
`

function yamlOf(text: string): unknown {
  const read = readYaml(text)
  return 'value' in read ? read.value : read.fault
}

describe('the text of a manifest', () => {
  test('an entry is added at the end, and all else stays as it is', () => {
    expect(addEntry(TEXT, 'x/four@v2')).toBe(`${TEXT}  - x/four@v2\n`)
    expect(addEntry(TEXT, { git: 'https://host/x', ref: '12e4567', enabled: false })).toBe(
      `${TEXT}  - git: https://host/x\n    ref: "12e4567"\n    enabled: false\n`,
    )
  })

  test('an entry for the same folder is replaced where it stands, in any case of letters', () => {
    expect(addEntry(TEXT, 'other/TWO')).toBe(
      TEXT.replace('  - git: owner/two\n    ref: 12e4567\n    env: { A: 010, B: yes }\n', '  - other/TWO\n'),
    )
    expect(addEntry(TEXT, 'owner/one@v2')).toBe(TEXT.replace('owner/One@v1 # pinned', 'owner/one@v2'))
  })

  test('an entry is removed by its folder, and all else stays', () => {
    const less = removeEntry(TEXT, 'TWO')
    expect(less).toBe(
      TEXT.replace('\n  - git: owner/two\n    ref: 12e4567\n    env: { A: 010, B: yes }\n', ''),
    )
    expect(yamlOf(removeEntry(less, 'one'))).toEqual({ nodes: [{ registry: 'three', version: '1.10' }] })
    expect(removeEntry(TEXT, 'four')).toBe(TEXT)
    expect(removeEntry(undefined, 'four')).toBe('')
  })

  test('removing the last entry leaves a manifest that asks for nothing', () => {
    expect(yamlOf(removeEntry('nodes:\n  - a/b\n', 'b'))).toEqual({ nodes: [] })
    expect(addEntry(removeEntry('nodes:\n  - a/b\n', 'b'), 'c/d')).toBe('nodes:\n  - c/d\n')
  })

  test.each([undefined, '', '# only a comment\n', 'nodes:\n', 'nodes: []\n', 'version: 1\n', '{}'])(
    '%j gets its first entry',
    (text) => {
      expect(yamlOf(addEntry(text, 'a/b'))).toMatchObject({ nodes: ['a/b'] })
      expect(addEntry(text, 'a/b')).toContain('- a/b\n')
    },
  )

  test('a comment in a manifest without entries stays', () => {
    expect(addEntry('# only a comment\n', 'a/b')).toContain('# only a comment\n')
  })

  test('a list at the margin stays there', () => {
    expect(addEntry('nodes:\n# x\n- a/b\n', 'c/d')).toBe('nodes:\n# x\n- a/b\n- c/d\n')
  })

  test('an entry that others lean on is not removed', () => {
    const text = 'nodes:\n  - { git: a/b, env: &e { A: 1 } }\n  - { git: c/d, env: *e }\n'
    expect(() => removeEntry(text, 'b')).toThrow(/Cannot read/)
    expect(yamlOf(removeEntry(text, 'd'))).toEqual({ nodes: [{ git: 'a/b', env: { A: '1' } }] })
  })

  test('a broken entry beside it is no hindrance, and stays', () => {
    expect(addEntry('nodes:\n  - { gitt: x }\n', 'a/b')).toBe('nodes:\n  - { gitt: x }\n  - a/b\n')
  })

  test.each(['nodes: [', '- a\n', 'nodes: x\n', 'a: 1\na: 2\n'])(
    '%j is refused, and not written over',
    (text) => {
      expect(() => addEntry(text, 'a/b', '/ws/nodes.yaml')).toThrow(
        /Cannot read the nodes that \/ws\/nodes.yaml/,
      )
      expect(() => removeEntry(text, 'b', '/ws/nodes.yaml')).toThrow(/Cannot read the nodes/)
    },
  )
})

test.each([
  { git: 'https://host/a/b', ref: 'v1', folder: 'B2', enabled: false, required: true },
  { registry: 'kj', version: '1.2', 'only-if': 'gpu' },
  { zip: 'https://host/n.zip', sha256: 'ab'.repeat(32), 'only-if': ['gpu', 'amd64'], env: { A: '1' } },
  { path: '/srv/mine', requirements: [] },
] as const)('a wanted node is written as the entry that asks for it: %j', (entry) => {
  const read = readEntry(entry, '/')
  if ('fault' in read || read.source === undefined) throw new Error('no entry')
  expect(writtenEntry({ ...read, source: read.source })).toEqual(entry)
})

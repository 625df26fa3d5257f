import { describe, expect, test } from 'vitest'
import { readYaml } from '../../../../src/facts/yaml-value.ts'
import { readEntry } from '../../../../src/features/nodes/manifest/read-entry.ts'
import { readManifest } from '../../../../src/features/nodes/manifest/read-manifest.ts'

const PATH = '/etc/comfy-init/nodes.yaml'
const SHA = 'ab'.repeat(32)

function read(text: string) {
  const yaml = readYaml(text)
  return readManifest({ path: PATH, fault: undefined, value: undefined, ...yaml, lines: linesOf(yaml) })
}

function linesOf(yaml: ReturnType<typeof readYaml>): readonly number[] {
  return 'lines' in yaml ? (yaml.lines.nodes ?? []) : []
}

function said(text: string): readonly string[] {
  return read(text).problems.map((each) => `${each.code} ${each.level} ${each.message} ${each.toJSON().why}`)
}

describe('an entry that is a mapping', () => {
  test('everything that it may say is taken', () => {
    const { entries, problems } = read(`nodes:
  - git: https://host/a/b
    ref: 12e4567
    folder: B
    enabled: off
    required: true
    only-if: [gpu, arm64]
    env: { MAX_JOBS: 4, FAST: true, NAME: x y }
    requirements: [einops>=0.7, 'opencv-python-headless ; python_version > "3.10"']
`)
    expect(problems).toEqual([])
    expect(entries).toEqual([
      {
        folder: 'B',
        source: { kind: 'git', url: 'https://host/a/b', ref: '12e4567' },
        enabled: false,
        required: true,
        onlyIf: ['gpu', 'arm64'],
        env: { MAX_JOBS: '4', FAST: 'true', NAME: 'x y' },
        requirements: ['einops>=0.7', 'opencv-python-headless ; python_version > "3.10"'],
      },
    ])
  })

  test.each([
    ['registry: kj\nversion: 1.10', { kind: 'registry', id: 'kj', version: '1.10' }],
    ['registry: kj@1.2.0', { kind: 'registry', id: 'kj', version: '1.2.0' }],
    ['git: a/b', { kind: 'git', url: 'https://github.com/a/b', ref: undefined }],
    ['git: a/b@v1', { kind: 'git', url: 'https://github.com/a/b', ref: 'v1' }],
    [`zip: https://h/x.tar.zip\nsha256: ${SHA}`, { kind: 'zip', url: 'https://h/x.tar.zip', sha256: SHA }],
    ['path: ../mine', { kind: 'path', path: '/etc/mine' }],
    ['path: mine', { kind: 'path', path: '/etc/comfy-init/mine' }],
    ['path: /srv/mine', { kind: 'path', path: '/srv/mine' }],
  ])('%j comes from where it says', (text, source) => {
    const yaml = readYaml(text)
    const entry = readEntry('value' in yaml ? yaml.value : undefined, '/etc/comfy-init')
    expect(entry).toMatchObject({ source })
  })

  test.each([
    ['registry: a\n    git: a/b', /registry and git; a node comes from one place/],
    ['git: a/b\n    version: 1', /«version» belongs to «registry»/],
    ['registry: a\n    ref: main', /«ref» belongs to «git»/],
    ['git: a/b\n    sha256: 12', /«sha256» belongs to «zip»/],
    ['zip: https://h/x.zip', /needs its SHA-256/],
    ['folder: x', /does not say where/],
    ['enabled: false', /does not say where/],
    ['folder: x\n    enabled: true', /does not say where/],
    ['folder: x\n    enabled: false\n    only-if: gpu', /«only-if» has no meaning/],
    ['folder: .x\n    enabled: false', /begins with a dot/],
    ['git: a/b\n    folder: x/y', /no name for a folder/],
    ['git: a/b\n    folder: ""', /needs a name/],
    ['git: a/b\n    folder: -x', /no name for a folder/],
    ['git: a/b\n    enabled: maybe', /«enabled» must be true or false/],
    ['git: a/b\n    required:', /«required» must be true or false/],
    ['git: a/b\n    only-if: tpu', /«only-if» must be gpu, cpu/],
    ['git: a/b\n    only-if: [gpu, cpu]', /no machine is gpu and cpu/],
    ['git: a/b\n    only-if: [arm64, amd64]', /no machine is amd64 and arm64/],
    ['git: a/b\n    env: [A=1]', /«env» must be a mapping/],
    ['git: a/b\n    env: { "A=B": 1 }', /«env.A=B» must have names/],
    ['git: a/b\n    env: { A: [1] }', /«env.A» must be a text/],
    ['git: a/b\n    requirements: einops', /«requirements» must be a list/],
    ['git: a/b\n    requirements: ["a\\nb"]', /must have one line/],
    ['git: a/b\n    requird: true', /«requird» is no key; did you mean «required»\?/],
    ['git: a/b\n    colour: red\n    ref: [x]', /«ref» must be a text.*«colour» is no key\./],
    ['git: 5', /neither owner\/repository/],
  ])('%j is refused with what is wrong', (text, why) => {
    const [problem, ...others] = said(`nodes:\n  - ${text}\n  - ok/fine\n`)
    expect(others).toEqual([])
    expect(problem).toMatch(/^NODES_ENTRY_INVALID warning Cannot use entry 1.* of \/etc.*nodes\.yaml:2: /)
    expect(problem).toMatch(why)
    expect(read(`nodes:\n  - ${text}\n  - ok/fine\n`).entries.map(({ folder }) => folder)).toEqual(['fine'])
  })
})

describe('a manifest', () => {
  test('a broken entry takes no other with it, and everything wrong is told at once, with its line', () => {
    const text = 'nodes:\n  - a/b\n  - 7: x\n  - [c/d]\n\n  - e/f@..\n  - null\n  - g/h\nnode: []\n'
    expect(read(text).entries.map(({ folder }) => folder)).toEqual(['b', 'h'])
    expect(said(text).map((each) => /nodes\.yaml:\d+|«node»/.exec(each)?.[0])).toEqual([
      '«node»',
      'nodes.yaml:3',
      'nodes.yaml:4',
      'nodes.yaml:6',
      'nodes.yaml:7',
    ])
    expect(said(text)[0]).toContain('did you mean «nodes»?')
  })

  test('of very many that are wrong the first are told, and how many more there are', () => {
    const told = said(`nodes:\n${'  - x y\n'.repeat(500)}  - { git: "x y", required: true }\n`)
    expect(told).toHaveLength(21)
    expect(told[20]).toMatch(/^NODES_ENTRY_INVALID blocking .*entry 21 \(x y\) and 480 more/)
  })

  test('a broken entry that is required stops the start', () => {
    expect(said('nodes:\n  - { git: "x y", required: true }\n')[0]).toMatch(/^NODES_ENTRY_INVALID blocking /)
  })

  test('two entries for one folder are told, and the first counts; the same one twice is no matter', () => {
    const { entries, problems } = read('nodes:\n  - a/Repo\n  - b/repo@v1\n  - a/Repo\n')
    expect(entries.map(({ source }) => source)).toEqual([
      { kind: 'git', url: 'https://github.com/a/Repo', ref: undefined },
    ])
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual(['NODES_ENTRY_TWICE warning'])
    expect(problems[0]?.toJSON().why).toContain(':3: the folder Repo is asked for already, from https://git')
  })

  test('a password in an address is refused, not shown, and the remedy is a setting', () => {
    const { problems } = read('nodes:\n  - git: https://me:hunter2@host/a/b\n  - https://hunter2@host/c/d\n')
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual([
      'NODE_CREDENTIALS_WRITTEN warning',
      'NODE_CREDENTIALS_WRITTEN warning',
    ])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
    expect(problems[0]?.toJSON().remedy).toContain('COMFY_GIT_CREDENTIALS')
  })

  test.each(['git', 'registry', 'zip'])('neither is one in «%s» that is no address yet', (key) => {
    const { problems } = read(`nodes:\n  - ${key}: oauth2:hunter2@host/a/b\n`)
    expect(problems.map(({ code }) => code)).toEqual(['NODE_CREDENTIALS_WRITTEN'])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  test.each(['nodes: a/b\n', 'nodes: { a: b }\n', 'version: 2\nnodes: [a/b]\n'])(
    '%j asks for nothing',
    (text) => {
      expect(read(text).entries).toEqual([])
      expect(said(text)[0]).toMatch(/^NODES_FILE_INVALID warning /)
    },
  )

  test.each(['version: 1\n', 'nodes:\n', 'nodes: []\n', '{}', ''])(
    '%j asks for nothing, and that is fine',
    (text) => {
      expect(read(text)).toEqual({ entries: [], problems: [] })
    },
  )

  test('a file that could not be read is one warning with its fault', () => {
    const asked = readManifest({ path: PATH, value: undefined, fault: 'line 3: not valid YAML' })
    expect(asked.entries).toEqual([])
    expect(asked.problems.map((each) => `${each.level} ${each.toJSON().why}`)).toEqual([
      expect.stringMatching(/^warning .*nodes\.yaml: line 3: not valid YAML\. /),
    ])
  })
})

import { describe, expect, test } from 'vitest'
import type { TreeEntry } from '../../src/base/tree-entry.ts'
import { manifestText, parseManifest, proofOf } from '../../src/facts/manifest.ts'
import { changesOf } from '../../src/facts/tree-changes.ts'

const CAME = [
  folder('.git'),
  file('.git/HEAD'),
  folder('app'),
  file('app/code.py'),
  folder('custom_nodes'),
  folder('custom_nodes/Manager'),
  file('custom_nodes/Manager/__init__.py'),
  file('main.py'),
  folder('models'),
  file('models/put_models_here'),
  folder('venv'),
  file('venv/bin'),
  file('venv/pyvenv.cfg'),
]

describe('whose a file of a tree is', () => {
  test('nobody changed a tree that is as it came', () => {
    expect(changes(CAME)).toEqual({ own: [], changed: [] })
  })

  test.each([
    ['a file git does not know', [file('notes.txt')], { own: ['notes.txt'], changed: [] }],
    ['a whole folder of theirs, once', [folder('mine'), file('mine/a')], { own: ['mine'], changed: [] }],
    [
      'what lies between in the order of paths',
      [folder('mine'), file('mine-too'), file('mine/a')],
      { own: ['mine', 'mine-too'], changed: [] },
    ],
    [
      'a node',
      [folder('custom_nodes/n'), file('custom_nodes/n/__pycache__')],
      { own: ['custom_nodes/n'], changed: [] },
    ],
    ['their paths file', [file('extra_model_paths.yaml')], { own: ['extra_model_paths.yaml'], changed: [] }],
  ])('%s is the person’s', (_, more, wanted) => {
    expect(changes([...CAME, ...more])).toEqual(wanted)
  })

  test('a folder whose name only ends like that of compiled files is the person’s', () => {
    const more = [folder('input/old__pycache__'), file('input/old__pycache__/x.png'), folder('my__pycache__')]
    expect(changes([...CAME, ...more]).own).toEqual(['input/old__pycache__', 'my__pycache__'])
    const came = [...CAME, folder('app/a__pycache__'), file('app/a__pycache__/a.py')]
    expect(sorted(came, [...CAME, folder('app/a__pycache__')]).changed).toEqual(['app/a__pycache__/a.py'])
  })

  test('a models folder that became a link is the person’s', () => {
    const found = [...CAME.filter(({ path }) => !path.startsWith('models')), link('models', '/big/models')]
    expect(changes(found)).toEqual({ own: ['models'], changed: [] })
  })

  test('code that was changed, removed or replaced by a link is a change', () => {
    expect(changes(changed('main.py'))).toEqual({ own: [], changed: ['main.py'] })
    expect(changes(CAME.filter(({ path }) => path !== 'main.py')).changed).toEqual(['main.py'])
    const linked = [...CAME.filter(({ path }) => !path.startsWith('app')), link('app', '/elsewhere')]
    expect(changes(linked)).toEqual({ own: [], changed: ['app'] })
  })

  test.each([
    ['compiled files', [folder('app/__pycache__'), file('app/__pycache__/code.pyc')]],
    ['compiled files of a bundled node', [folder('custom_nodes/Manager/__pycache__')]],
    ['temporary files', [folder('temp'), file('temp/x')]],
    ['packages in the tree’s own venv', [file('venv/lib')]],
    ['what git keeps for itself', [file('.git/FETCH_HEAD')]],
    ['our own marker', [file('.comfy-init.json'), file('.comfy-init.manifest')]],
  ])('%s are neither', (_, more) => {
    expect(changes([...CAME, ...more])).toEqual({ own: [], changed: [] })
  })

  test('a venv of the person’s own making is theirs', () => {
    expect(changes([...CAME, folder('.venv'), file('.venv/pyvenv.cfg')]).own).toEqual(['.venv'])
  })

  test('examples that were taken out are no change', () => {
    expect(changes(CAME.filter(({ path }) => path !== 'models/put_models_here')).changed).toEqual([])
  })
})

describe('the manifest', () => {
  test('it reads back as it was written', () => {
    const entries = [file('a b'), folder('d%0A'), { ...link('l', 'x'), mtimeNs: 1_700_000_000_123_456_789n }]
    expect([...(parseManifest(manifestText(entries))?.values() ?? [])]).toEqual(entries)
  })

  test('cut at any byte, or with a line that is none, it says nothing', () => {
    const text = manifestText(CAME)
    for (let length = 0; length < text.length; length++)
      expect(parseManifest(text.slice(0, length)), `${length} bytes`).toBeUndefined()
    expect(parseManifest(text.replace('f\t644', '\0\0\0\0'))).toBeUndefined()
    expect(parseManifest(text.replace(/^.*main.py\n/m, ''))).toBeUndefined()
    expect(parseManifest(manifestText([]))).toEqual(new Map())
  })

  test('the proof of two trees differs with a path, a size, a second and a target', () => {
    const digests = [
      CAME,
      [...CAME, file('x')],
      changed('main.py'),
      CAME.map((each) => ({ ...each, mtimeNs: each.mtimeNs + 1_000_000_000n })),
      [...CAME, link('x', 'a')],
      [...CAME, link('x', 'b')],
    ].map((each) => proofOf(each).digest)
    expect(new Set(digests).size).toBe(digests.length)
  })
})

function changes(found: readonly TreeEntry[]) {
  return sorted(CAME, found)
}

function sorted(came: readonly TreeEntry[], found: readonly TreeEntry[]) {
  const inOrder = [...found].sort((a, b) => (a.path < b.path ? -1 : 1))
  return changesOf(new Map(came.map((each) => [each.path, each])), inOrder)
}

function changed(path: string): readonly TreeEntry[] {
  return CAME.map((each) => (each.path === path ? { ...each, bytes: each.bytes + 1 } : each))
}

function file(path: string): TreeEntry {
  return { path, kind: 'file', mode: 0o644, bytes: 10, mtimeNs: 5_000_000_000n }
}

function folder(path: string): TreeEntry {
  return { path, kind: 'folder', mode: 0o755, bytes: 0, mtimeNs: 5_000_000_000n }
}

function link(path: string, target: string): TreeEntry {
  return { path, kind: 'link', mode: 0o777, bytes: 0, mtimeNs: 5_000_000_000n, target }
}

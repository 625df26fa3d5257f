import { expect, test } from 'vitest'
import type { TreeEntry } from '../../src/base/tree-entry.ts'
import { changesOf } from '../../src/facts/tree-changes.ts'

const NODE = 'custom_nodes/Pack'
const CAME = [
  folder('custom_nodes'),
  folder('custom_nodes/.disabled'),
  folder('custom_nodes/.disabled/Off'),
  file('custom_nodes/.disabled/Off/__init__.py'),
  folder('custom_nodes/.disabled/Out'),
  file('custom_nodes/.disabled/Out/__init__.py'),
  folder(NODE),
  folder(`${NODE}/.git`),
  file(`${NODE}/.git/FETCH_HEAD`),
  file(`${NODE}/.git/HEAD`),
  file(`${NODE}/.git/index`),
  file(`${NODE}/__init__.py`),
  folder(`${NODE}/__pycache__`),
  file(`${NODE}/__pycache__/a.pyc`),
  folder(`${NODE}/deep`),
  file(`${NODE}/deep/a.py`),
  folder('custom_nodes/Pack2'),
  file('custom_nodes/Pack2/__init__.py'),
  file('custom_nodes/example.py'),
]

test.each([
  ['a file was changed', changed(`${NODE}/__init__.py`)],
  ['a file was changed, and others were added', [...changed(`${NODE}/deep/a.py`), file(`${NODE}/deep/b`)]],
  ['a file was removed', without(`${NODE}/deep/a.py`)],
  ['a folder was removed', without(`${NODE}/deep`, `${NODE}/deep/a.py`)],
  ['a folder became a file', [...without(`${NODE}/deep`, `${NODE}/deep/a.py`), file(`${NODE}/deep`)]],
  ['another commit was checked out', changed(`${NODE}/.git/HEAD`)],
  ['something was staged', changed(`${NODE}/.git/index`)],
  ['a branch was made', [...CAME, file(`${NODE}/.git/refs`)]],
])('a bundled node in which %s is the person’s as a whole, and no other one', (_, found) => {
  expect(sort(found)).toEqual({ own: [NODE], changed: [] })
})

test('what was only added to a bundled node is the person’s one by one', () => {
  const more = [file(`${NODE}/settings.json`), folder(`${NODE}/cache`), file(`${NODE}/cache/a`)]
  expect(sort([...CAME, ...more]).own).toEqual([`${NODE}/cache`, `${NODE}/settings.json`])
})

test.each([
  ['compiled again', changed(`${NODE}/__pycache__/a.pyc`)],
  ['without its compiled files', without(`${NODE}/__pycache__`, `${NODE}/__pycache__/a.pyc`)],
  ['whose git was asked for changes', touched(`${NODE}/.git/index`)],
  ['whose git fetched nothing new', changed(`${NODE}/.git/FETCH_HEAD`)],
  ['that was taken out', CAME.filter(({ path }) => !`${path}/`.startsWith(`${NODE}/`))],
])('a bundled node %s is not the person’s', (_, found) => {
  expect(sort(found)).toEqual({ own: [], changed: [] })
})

test('of nodes that are switched off each is one', () => {
  const off = 'custom_nodes/.disabled/Off'
  expect(sort(changed(`${off}/__init__.py`)).own).toEqual([off])
})

test('a node of one file is that file', () => {
  expect(sort(changed('custom_nodes/example.py')).own).toEqual(['custom_nodes/example.py'])
})

test('what a mount hides is not missing, and a node around a mount is not moved as a whole', () => {
  const hidden = without(`${NODE}/deep`, `${NODE}/deep/a.py`)
  expect(sort(hidden, [`${NODE}/deep`])).toEqual({ own: [], changed: [] })
  const found = hidden.map((each) => (each.path === `${NODE}/__init__.py` ? { ...each, bytes: 11 } : each))
  expect(sort(found, [`${NODE}/deep`]).own).toEqual([`${NODE}/__init__.py`])
})

function sort(found: readonly TreeEntry[], skipped: readonly string[] = []) {
  const inOrder = [...found].sort((a, b) => (a.path < b.path ? -1 : 1))
  return changesOf(new Map(CAME.map((each) => [each.path, each])), inOrder, { skipped })
}

function changed(path: string): readonly TreeEntry[] {
  return CAME.map((each) => (each.path === path ? { ...each, bytes: each.bytes + 1 } : each))
}

function touched(path: string): readonly TreeEntry[] {
  return CAME.map((each) => (each.path === path ? { ...each, mtimeNs: each.mtimeNs + 1n } : each))
}

function without(...paths: readonly string[]): readonly TreeEntry[] {
  return CAME.filter(({ path }) => !paths.includes(path))
}

function file(path: string): TreeEntry {
  return { path, kind: 'file', mode: 0o644, bytes: 10, mtimeNs: 5_000_000_000n }
}

function folder(path: string): TreeEntry {
  return { path, kind: 'folder', mode: 0o755, bytes: 0, mtimeNs: 5_000_000_000n }
}

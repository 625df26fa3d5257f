import { expect, test } from 'vitest'
import { requirementLines } from '../../../src/features/packages/requirement-lines.ts'
import { isMet } from '../../../src/features/packages/satisfied.ts'

const one = (line: string) => requirementLines(line, 'requirements.txt')

test('names, extras, versions and markers are kept; comments, hashes and blanks are not', () => {
  const text =
    '\uFEFF# a list\r\ntrimesh[easy] >= 4.0, <5 ; python_version<"3.13"  # why\n\nPillow\nscipy==1.0 \\\n  --hash=sha256:ab\n'
  expect(requirementLines(text, 'r.txt')).toEqual([
    {
      name: 'trimesh',
      text: 'trimesh[easy] >= 4.0, <5 ; python_version<"3.13"',
      versions: '>=4.0,<5',
      isPlain: false,
      file: 'r.txt',
      line: 2,
    },
    { name: 'Pillow', text: 'Pillow', versions: '', isPlain: true, file: 'r.txt', line: 4 },
    { name: 'scipy', text: 'scipy==1.0', versions: '==1.0', isPlain: true, file: 'r.txt', line: 5 },
  ])
})

test.each([
  '--extra-index-url https://download.pytorch.org/whl/cu128',
  '-i https://example.org/simple',
  '--pre',
  '-f wheels',
])('«%s» is passed over', (line) => {
  expect(one(line)).toEqual([])
})

test.each([
  ['-e .', 'installs from a folder'],
  ['git+https://github.com/a/b.git@v1', 'names an address'],
  ['sam @ https://example.org/sam.zip', 'names an address'],
  ['./wheels/a.whl', 'names a file'],
  ['local-1.0-py3-none-any.whl', 'names a file'],
  ['--unknown', 'is an option'],
  ['two words', 'cannot be understood'],
  ['name==', 'cannot be understood'],
])('«%s» is refused: it %s', (line, reason) => {
  expect(one(line)).toEqual([{ refused: expect.stringContaining(reason), text: line, line: 1 }])
})

test('another file is named as it was written', () => {
  expect(one('-r more/base.txt')).toEqual([{ include: 'more/base.txt', line: 1 }])
  expect(one('--requirement=base.txt')).toEqual([{ include: 'base.txt', line: 1 }])
})

test.each([
  ['a', true],
  ['A>=1.2', true],
  ['a>=1.10', true],
  ['a~=1.10', true],
  ['a~=1.9.0', false],
  ['a<1.10.3', true],
  ['a!=1.10.2', false],
  ['a==1.10.2', true],
  ['a>1.10.2', false],
  ['a==1.10.*', false],
  ['a>=1.0rc1', false],
  ['a[x]', false],
  ['a ; python_version>"3"', false],
  ['absent', false],
])('with 1.10.2+cpu there, «%s» is met for certain: %s', (line, met) => {
  const [requirement] = one(line)
  if (requirement === undefined || !('name' in requirement)) throw new Error(`${line} is no requirement.`)
  expect(isMet(requirement, new Map([['a', '1.10.2+cpu']]))).toBe(met)
})

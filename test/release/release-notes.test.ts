import { expect, test } from 'vitest'
import { agreedRelease, type Texts } from '../../scripts/release/release-notes.ts'

const agreeing: Texts = {
  manifest: '{ "version": "1.2.3" }',
  lock: '{ "version": "1.2.3" }',
  changelog:
    '# Changes\n\n## 1.2.3 (2026-11-22)\n\n### Boot\n- Faster.\n\n## 1.2.2 (2026-10-01)\n\n- Older.\n',
  tag: 'v1.2.3',
}

test('the notes of a release are the section of its version', () => {
  expect(agreedRelease(agreeing)).toEqual({ version: '1.2.3', notes: '### Boot\n- Faster.\n' })
})

test('a trial takes the section that is not released yet', () => {
  const changelog = '# Changes\n\n## Unreleased: 1.2.3\n\n- New.\n'
  expect(agreedRelease({ ...agreeing, changelog, tag: undefined }).notes).toBe('- New.\n')
})

test.each<[string, Partial<Texts>, string]>([
  ['another tag', { tag: 'v1.2.4' }, 'The tag is v1.2.4, not v1.2.3.'],
  ['a tag without v', { tag: '1.2.3' }, 'The tag is 1.2.3, not v1.2.3.'],
  [
    'another lock file',
    { lock: '{ "version": "1.2.2" }' },
    'package-lock.json says 1.2.2; type «npm install».',
  ],
  ['no section', { changelog: '## 1.2.2\n\n- Older.\n' }, 'CHANGELOG.md has no section «## 1.2.3».'],
  [
    'a section of a longer version',
    { changelog: '## 1.2.30\n\n- x\n' },
    'CHANGELOG.md has no section «## 1.2.3».',
  ],
  [
    'an empty section',
    { changelog: '## 1.2.3\n\n## 1.2.2\n\n- x\n' },
    'CHANGELOG.md has no section «## 1.2.3».',
  ],
  [
    'a section that is not released',
    { changelog: '## Unreleased: 1.2.3\n\n- x\n' },
    'CHANGELOG.md calls it unreleased; its heading has to be «## 1.2.3 (date)».',
  ],
])('%s is refused', (_, changes, why) => {
  expect(() => agreedRelease({ ...agreeing, ...changes })).toThrow(`Cannot release 1.2.3. ${why}`)
})

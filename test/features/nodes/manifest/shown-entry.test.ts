import { expect, test } from 'vitest'
import { shownEntry } from '../../../../src/features/nodes/manifest/shown-entry.ts'

test.each([
  ['https://me:hunter2@host/a/b', 'https://***@host/a/b'],
  ['https://me:hun ter2@host/a/b', 'https://***@host/a/b'],
  ['https:/me:hunter2@host/a', 'https:/***@host/a'],
  ['https://me:hunter2', 'https://***'],
  ['oauth2:hunter2@host/a/b', '***@host/a/b'],
  ['hunter2@host.org/a/b', '***@host.org/a/b'],
  ['me:hunter2@host/a/b.zip#sha256=00', '***@host/a/b.zip#sha256=00'],
  ['ext::https://me:hunter2@host/a', '***@host/a'],
  ['https://host/a.zip?token=hunter2', 'https://host/a.zip?token=***'],
])('%s is shown as %s', (text, shown) => {
  expect(shownEntry(text)).toBe(shown)
})

test.each([
  'owner/repo@..',
  'kjnodes@nightly',
  'kjnodes@1.x',
  'https://host:8443/a/b@..',
  'https://host:8443',
  'git@host:owner/repo',
  'git@host:owner/repo@v1',
  '/srv/a@b',
  '../x',
])('%s is shown as it is', (text) => {
  expect(shownEntry(text)).toBe(text)
})

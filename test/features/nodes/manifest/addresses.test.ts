import { expect, test } from 'vitest'
import { hasSecret, withoutSecret } from '../../../../src/features/nodes/manifest/addresses.ts'

test.each([
  ['https://me:hunter2@host/a/b', 'https://host/a/b'],
  ['https://hunter2@host/a/b', 'https://host/a/b'],
  ['https://me:hunt/er@2@host/a/b', 'https://host/a/b'],
  ['ssh://git:hunter2@host:22/a', 'ssh://git@host:22/a'],
  ['https://me:hunt#er2@host/a/b', 'https://host/a/b'],
  ['https://me:hunt#/er2@host/a/b', 'https://host/a/b'],
  ['https://hunt#er2@host/a/b', 'https://host/a/b'],
  ['https://me:hunter 2@host/a/b', 'https://host/a/b'],
  ['https:/me:hunter2@host/a/b', 'https:/host/a/b'],
  ['oauth2:hunter2@host/a/b', 'host/a/b'],
  ['git:hunter2@host:a/b', 'host:a/b'],
  ['https://host/a.zip?token=hunter2', 'https://host/a.zip'],
  ['https://host/a.zip?raw=1&X-Amz-Signature=hunter2&b=2', 'https://host/a.zip?raw=1&b=2'],
  ['https://host/a.zip?X-Amz-Credential=hunter2&raw=1', 'https://host/a.zip?raw=1'],
  ['https://host/dir@2/a.zip?key=hunter2', 'https://host/dir@2/a.zip'],
])('%s holds a secret, and is %s without it', (url, without) => {
  expect(hasSecret(url)).toBe(true)
  expect(withoutSecret(url)).toBe(without)
})

test.each([
  'ssh://git@host/a/b',
  'https://host:8443/a/b@v1',
  'https://host/a/b?download=true',
  'https://host/dir@2/a.zip#sha256=12',
  'file:///srv/a@b/c',
  'git@host:owner/repo@v1',
  'https://[::1]:80/a@v1',
  'ssh://git@host:22/a@v1',
  'owner/repo@v1',
  '/srv/a:b@c',
])('%s holds none, and stays as it is', (url) => {
  expect(hasSecret(url)).toBe(false)
  expect(withoutSecret(url)).toBe(url)
})

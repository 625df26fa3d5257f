import { expect, test } from 'vitest'
import { readHints } from '../../src/facts/hints.ts'
import { options } from '../../src/settings/settings.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { treeOf } from '../support/world/tree-of.ts'

test('defaults of the settings follow what the machine looks like', async () => {
  const root = await treeOf({
    '/.dockerenv': '',
    '/proc/self/mountinfo': '1 0 0:1 / / rw - overlay o rw\n2 1 0:2 / /instance rw - ext4 a rw\n',
    '/ComfyUI/main.py': '',
  })
  const hints = await readHints(rootedHost(root))
  expect(options.home.fallback(hints)).toBe('/ComfyUI')
  expect(options.workspace.fallback(hints)).toBe('/instance')
  expect(options.listen.fallback(hints)).toBe('0.0.0.0')
})

test('outside a container ComfyUI is for this machine alone', async () => {
  const hints = await readHints(rootedHost(await treeOf({ '/proc/1/comm': 'systemd\n' })))
  expect(options.home.fallback(hints)).toBeUndefined()
  expect(options.workspace.fallback(hints)).toBe('/workspace')
  expect(options.listen.fallback(hints)).toBe('127.0.0.1')
})

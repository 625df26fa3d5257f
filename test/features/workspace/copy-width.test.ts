import { expect, test } from 'vitest'
import { treesIn } from '../../../src/base/layout.ts'
import type { Workspace } from '../../../src/facts/facts.ts'
import type { Filesystem } from '../../../src/facts/filesystem.ts'
import { chooseWidth, endsOf } from '../../../src/features/workspace/copy-width.ts'
import { ABLE, aFacts, aMount, aTrees, aWorkspace } from '../../support/world.ts'

const EXT4: Filesystem = { type: 'ext4', kind: 'local' }
const OVERLAY: Filesystem = { type: 'overlay', kind: 'overlay' }
const NFS: Filesystem = { type: 'nfs4', kind: 'network' }
const TMPFS: Filesystem = { type: 'tmpfs', kind: 'memory' }
const SSHFS: Filesystem = { type: 'fuse.x', kind: 'fuse' }

test.each<[string, Filesystem, Filesystem, string]>([
  ['a local disk', EXT4, EXT4, '8 at a time: ext4 is a local disk'],
  ['memory', TMPFS, TMPFS, '8 at a time: tmpfs is memory'],
  ['an image’s layers', OVERLAY, EXT4, '16 at a time: overlay is made of layers'],
  ['a network', OVERLAY, NFS, '64 at a time: nfs4 goes over a network'],
  [
    'a network that was timed',
    OVERLAY,
    { ...NFS, operationMs: 1.234 },
    '64 at a time: nfs4 answers in 1.2 ms',
  ],
  ['a slow network', OVERLAY, { ...NFS, operationMs: 41.7 }, '64 at a time: nfs4 answers in 42 ms'],
  ['another program', SSHFS, EXT4, '64 at a time: fuse.x goes through another program'],
  ['a network to read from', NFS, { ...EXT4, operationMs: 0.02 }, '64 at a time: nfs4 goes over a network'],
  ['both', NFS, { ...SSHFS, operationMs: 2 }, '64 at a time: fuse.x answers in 2.0 ms'],
])('%s decides how wide, and is the reason', (_, from, to, reason) => {
  expect(chooseWidth({ from, to })).toEqual({ width: Number.parseInt(reason, 10), reason })
})

test('a disk that answers slowly is waited for whatever it is called, but not one that was busy', () => {
  const timed = (operationMs: number) => chooseWidth({ from: EXT4, to: { ...EXT4, operationMs } })

  expect(timed(2.9).reason).toBe('8 at a time: ext4 is a local disk')
  expect(timed(3)).toEqual({ width: 64, reason: '64 at a time: ext4 answers in 3.0 ms' })
})

test('the ends are where the image lies and where trees are staged', () => {
  expect(endsOf(aFacts({ workspace: staging('/workspace/.comfy-init/trees') }))).toEqual({
    from: OVERLAY,
    to: { ...NFS, operationMs: 1.5 },
  })
})

test('the time that was tried in the workspace says nothing about another mount', () => {
  const workspace = staging('/workspace/ComfyUI/.comfy-init-trees')
  const mounts = [aMount(), aMount({ point: '/workspace/ComfyUI', filesystem: 'cifs' })]

  expect(endsOf(aFacts({ workspace, mounts })).to).toEqual({ type: 'cifs', kind: 'network' })
})

/** A workspace on NFS that answered in 1.5 ms, with trees staged in a folder. */
function staging(folder: string): Workspace {
  return aWorkspace({
    mount: aMount({ filesystem: 'nfs4' }),
    abilities: { ...ABLE, operationMs: 1.5 },
    trees: { ...aTrees(), places: treesIn(folder) },
  })
}

import { expect, test } from 'vitest'
import { filesystemAt } from '../../src/facts/filesystem.ts'
import { aMount } from '../support/world.ts'

const ROOT = aMount({ point: '/', filesystem: 'overlay' })

test.each([
  ['local', ['ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'squashfs', 'something-new']],
  ['memory', ['tmpfs', 'ramfs']],
  ['overlay', ['overlay', 'aufs']],
  ['fuse', ['fuse', 'fuseblk', 'fuse.fuse-overlayfs', 'fuse.mergerfs', 'fuse.ntfs-3g']],
  [
    'network',
    [
      ...['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', 'lustre', 'glusterfs', '9p', 'virtiofs'],
      ...['fuse.sshfs', 'fuse.glusterfs', 'fuse.s3fs', 'fuse.juicefs', 'fuse.JuiceFS', 'fuse.mfs'],
    ],
  ],
])('what is %s is known by its type', (kind, types) => {
  for (const type of types)
    expect(filesystemAt('/workspace', [ROOT, aMount({ filesystem: type })])).toEqual({ type, kind })
})

test('a path is on the nearest mount above it', () => {
  const mounts = [ROOT, aMount({ point: '/workspace', filesystem: 'nfs4' })]

  expect(filesystemAt('/opt/ComfyUI', mounts).type).toBe('overlay')
  expect(filesystemAt('/workspace/ComfyUI', mounts).type).toBe('nfs4')
  expect(filesystemAt('/workspace2', mounts).type).toBe('overlay')
})

test('without a mountinfo a path counts as a local disk', () => {
  expect(filesystemAt('/workspace', [])).toEqual({ type: 'unknown', kind: 'local' })
})

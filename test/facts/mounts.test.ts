import { expect, test } from 'vitest'
import { mountOf, mountsBelow, parseMounts } from '../../src/facts/mounts.ts'

const TEXT = [
  '811 709 0:74 / / ro,relatime master:223 - overlay overlay rw,lowerdir=/var/l1:/var/l2,upperdir=/var/u',
  '812 811 0:77 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw',
  '819 811 8:17 /vols/my\\040work /workspace rw,relatime shared:7 master:1 - ext4 /dev/sdb1 rw,discard',
  '820 819 0:52 / /workspace/ComfyUI/models ro,relatime - nfs4 nas:/exp\\134orts rw,vers=4.2',
  '821 811 0:53 / /shared rw,relatime - ext4 /dev/sdc ro',
  '822 811 0:54 / /tmp\\011tab rw,nosuid,noexec propagate_from:2 - tmpfs tmpfs rw,size=65536k',
  'not a mount',
  '',
].join('\n')

const mounts = parseMounts(TEXT)

test('each line of mountinfo is one mount, whatever optional fields it has', () => {
  expect(mounts.map(({ point, filesystem, source }) => [point, filesystem, source])).toEqual([
    ['/', 'overlay', 'overlay'],
    ['/proc', 'proc', 'proc'],
    ['/workspace', 'ext4', '/dev/sdb1'],
    ['/workspace/ComfyUI/models', 'nfs4', 'nas:/exp\\orts'],
    ['/shared', 'ext4', '/dev/sdc'],
    ['/tmp\ttab', 'tmpfs', 'tmpfs'],
  ])
  expect(mounts[2]?.root).toBe('/vols/my work')
})

test('a mount is read-only by its own option or by its filesystem’s', () => {
  expect(mounts.filter(({ readOnly }) => readOnly).map(({ point }) => point)).toEqual([
    '/',
    '/workspace/ComfyUI/models',
    '/shared',
  ])
})

test('noexec is seen', () => {
  expect(mounts.filter(({ noExec }) => noExec).map(({ point }) => point)).toEqual(['/proc', '/tmp\ttab'])
})

test('a path lies on the mount with the longest matching point, not on one with a similar name', () => {
  expect(mountOf('/workspace/ComfyUI/output', mounts)?.point).toBe('/workspace')
  expect(mountOf('/workspace/ComfyUI/models/loras', mounts)?.point).toBe('/workspace/ComfyUI/models')
  expect(mountOf('/workspace2', mounts)?.point).toBe('/')
  expect(mountOf('/anything', [])).toBeUndefined()
})

test('of two mounts at one point the later one counts', () => {
  const twice = parseMounts('1 0 0:1 / /data rw - ext4 /dev/a rw\n2 1 0:2 / /data ro - tmpfs tmpfs rw\n')
  expect(mountOf('/data/x', twice)?.filesystem).toBe('tmpfs')
  expect(mountsBelow('/', twice)).toEqual(['/data'])
})

test('only mount points strictly below a folder lie inside it', () => {
  expect(mountsBelow('/workspace', mounts)).toEqual(['/workspace/ComfyUI/models'])
  expect(mountsBelow('/work', mounts)).toEqual([])
})

import type { Mount } from './facts.ts'
import { mountOf } from './mounts.ts'

/** What an operation has to pass: a disk here, layers of an image, another program, a network, or nothing but memory. */
export type FilesystemKind = 'local' | 'overlay' | 'fuse' | 'network' | 'memory'

/** A filesystem: its type as the kernel calls it (`nfs4`), what kind that is, and how long one change takes, where tried. */
export type Filesystem = {
  readonly type: string
  readonly kind: FilesystemKind
  readonly operationMs?: number
}

/** The filesystem that a path without links lies on; one that mountinfo does not name counts as a local disk. */
export function filesystemAt(path: string, mounts: readonly Mount[]): Filesystem {
  const type = mountOf(path, mounts)?.filesystem ?? 'unknown'
  return { type, kind: kindOf(type) }
}

const OTHERS: Readonly<Record<Exclude<FilesystemKind, 'local'>, ReadonlySet<string>>> = {
  memory: new Set(['tmpfs', 'ramfs', 'devtmpfs', 'hugetlbfs']),
  overlay: new Set(['overlay', 'overlayfs', 'aufs', 'unionfs']),
  // A FUSE filesystem is called fuse.<name>, one on a block device fuseblk.
  fuse: new Set(['fuse', 'fuseblk', 'fakeowner', 'gofer']),
  network: new Set([
    ...['nfs', 'nfs4', 'cifs', 'smb2', 'smb3', 'smbfs', 'ncpfs', 'afs', 'coda'],
    ...[
      'ceph',
      'lustre',
      'glusterfs',
      'beegfs',
      'gpfs',
      'mmfs',
      'wekafs',
      'orangefs',
      'pvfs2',
      'panfs',
      'vastfs',
    ],
    // Folders of the host, given to a virtual machine: each operation crosses to it and back.
    ...['9p', 'virtiofs', 'vboxsf', 'prl_fs', 'vmhgfs', 'osxfs', 'drvfs'],
  ]),
}

// By what comes after `fuse.`: these go on to another machine.
const NETWORK_BY_FUSE = new Set(
  [
    'sshfs',
    'glusterfs',
    'ceph',
    'ceph-fuse',
    'cephfs',
    's3fs',
    'gcsfuse',
    'goofys',
    'geesefs',
    'rclone',
  ].concat(
    ['mount-s3', 'blobfuse', 'blobfuse2', 'juicefs', 'JuiceFS', 'seaweedfs', 'moosefs', 'mfs', 'quobyte'],
    ['grpcfuse', 'vmhgfs-fuse', 'davfs', 'curlftpfs', 'nfs', 'smbnetfs', 'hdfs', 'alluxio-fuse', 'afp'],
  ),
)

function kindOf(type: string): FilesystemKind {
  if (type.startsWith('fuse.')) return NETWORK_BY_FUSE.has(type.slice('fuse.'.length)) ? 'network' : 'fuse'
  for (const kind of ['memory', 'overlay', 'fuse', 'network'] as const)
    if (OTHERS[kind].has(type)) return kind
  return 'local'
}

import { execFileSync } from 'node:child_process'

/** `clusterBytes` is what the smallest file takes; `owner` is `uid:gid`. */
export type VolumeSize = { readonly bytes: number; readonly clusterBytes?: number; readonly owner?: string }

/** A volume: `from` is for RunOptions, `path` is the same folder as the host sees it. */
export type BoxVolume = { readonly from: string; readonly path: string }

/**
 * Makes an ext4 volume with 4,000 inodes in a folder of another process's mount namespace. The loop device goes with the
 * mount, and the mount with that process.
 */
export function makeVolume(holder: string, folder: string, size: VolumeSize): BoxVolume {
  const from = `${folder}/volume-${size.bytes}`
  const { bytes, clusterBytes, owner = '1000:1000' } = size
  const features = clusterBytes === undefined ? '' : `-O bigalloc -C ${clusterBytes}`
  const script = `mkdir ${from} && truncate -s ${bytes} ${from}.ext4
mkfs.ext4 -q -m 0 -N 4000 ${features} ${from}.ext4 2>/dev/null
mount -o loop ${from}.ext4 ${from} && rmdir ${from}/lost+found && chown ${owner} ${from}`
  execFileSync('nsenter', [`--mount=${holder}/ns/mnt`, 'sh', '-ec', script])
  return { from, path: `${holder}/root${from}` }
}

import { execFileSync } from 'node:child_process'

/** A volume: `from` is for RunOptions, `path` is the same folder as the host sees it. */
export type BoxVolume = { readonly from: string; readonly path: string }

/**
 * Makes a volume of 1000:1000 that holds this many bytes, in a folder of another process's mount namespace, with which it
 * goes. It is a tmpfs: files on a loop device can outlive the namespace.
 */
export function makeVolume(holder: string, folder: string, bytes: number): BoxVolume {
  const from = `${folder}/volume-${bytes}`
  const options = `size=${bytes},uid=1000,gid=1000,mode=755`
  const script = `mkdir ${from} && mount -t tmpfs -o ${options} tmpfs ${from}`
  execFileSync('nsenter', [`--mount=${holder}/ns/mnt`, 'sh', '-ec', script])
  return { from, path: `${holder}/root${from}` }
}

import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** What this start of the kernel is called: it changes when the machine starts anew, and with it what memory held is gone. */
export async function readBootId(fs: Pick<Fs, 'readText'>): Promise<string | undefined> {
  return (await orAbsent(fs.readText('/proc/sys/kernel/random/boot_id')))?.trim()
}

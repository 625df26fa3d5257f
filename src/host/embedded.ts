import { getRawAsset, isSea } from 'node:sea'

/** True when we run as the packed binary, false when Node runs the sources or the bundle. */
export const isPacked = isSea

/** The bytes of a file the build put into the binary; undefined when there is none by that name or no binary at all. */
export function embeddedFile(name: string): Uint8Array | undefined {
  if (!isSea()) return undefined
  try {
    return new Uint8Array(getRawAsset(name))
  } catch {
    return undefined
  }
}

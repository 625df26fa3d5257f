import { getSystemErrorMessage, getSystemErrorName } from 'node:util'

/** The system's code of a thrown value, or undefined. By itself here: the threads carry no catalogue of problems. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}

/** What a failed call of the system throws: its code (`ENOSPC`…), the call and the path it was about. */
export type SystemFailure = { readonly code: string; readonly syscall: string; readonly path: string }

/** The system's error for a number that a call left in errno. */
export function systemError(errno: number, syscall: string, path: string): Error {
  const code = getSystemErrorName(-errno)
  const message = `${code}: ${getSystemErrorMessage(-errno)}, ${syscall} '${path}'`
  return Object.assign(new Error(message), { code, syscall, path, errno: -errno })
}

/** An error of our own that looks like the system's. */
export function failure(message: string, { code, syscall, path }: SystemFailure): Error {
  return Object.assign(new Error(`${code}: ${message}, ${syscall} '${path}'`), { code, syscall, path })
}

/** How often a file is copied that changes meanwhile. */
export const MOST_ATTEMPTS = 4

/** The failure of a file that would not hold still. */
export function changedFailure(path: string): Error {
  return failure('the file changes while it is copied', { code: 'ECHANGED', syscall: 'read', path })
}

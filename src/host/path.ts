import { dirname } from 'node:path'

/** A path as text, or as the system has it: bytes, since names need not be UTF-8. */
export type Path = string | Uint8Array

/** The path in a form that Node's functions take. */
export function systemPath(path: Path): string | Buffer {
  return typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength)
}

/** The folder that a path lies in. */
export function parentOf(path: Path): string | Buffer {
  return typeof path === 'string' ? dirname(path) : Buffer.from(dirname(latin1(path)), 'latin1')
}

/** A name in a folder. */
export function pathIn(folder: Path, name: Uint8Array): Buffer {
  return Buffer.concat([bytesOf(folder), Buffer.from('/'), name])
}

function latin1(path: Uint8Array): string {
  return Buffer.from(path).toString('latin1')
}

function bytesOf(path: Path): Uint8Array {
  return typeof path === 'string' ? Buffer.from(path) : path
}

import { quietly } from '../quietly.ts'

/** The C library's functions by their C declarations. A size that always fits is read back as 32 bits: no BigInt per call. */
const declarations = {
  __errno_location: { arguments: [], return: 'pointer' },
  openat: { arguments: ['int32', 'buffer', 'int32', 'uint32'], return: 'int32' },
  close: { arguments: ['int32'], return: 'int32' },
  getdents64: { arguments: ['int32', 'buffer', 'uint64'], return: 'int32' },
  statx: { arguments: ['int32', 'buffer', 'int32', 'uint32', 'buffer'], return: 'int32' },
  pread: { arguments: ['int32', 'buffer', 'uint64', 'int64'], return: 'int32' },
  pwrite: { arguments: ['int32', 'buffer', 'uint64', 'int64'], return: 'int32' },
  posix_fadvise: { arguments: ['int32', 'int64', 'int64', 'int32'], return: 'int32' },
  lseek: { arguments: ['int32', 'int64', 'int32'], return: 'int64' },
  ioctl: { arguments: ['int32', 'uint64', 'uint64'], return: 'int32' },
  ftruncate: { arguments: ['int32', 'int64'], return: 'int32' },
  fchmod: { arguments: ['int32', 'uint32'], return: 'int32' },
  fchmodat: { arguments: ['int32', 'buffer', 'uint32', 'int32'], return: 'int32' },
  futimens: { arguments: ['int32', 'buffer'], return: 'int32' },
  utimensat: { arguments: ['int32', 'buffer', 'buffer', 'int32'], return: 'int32' },
  mkdirat: { arguments: ['int32', 'buffer', 'uint32'], return: 'int32' },
  readlinkat: { arguments: ['int32', 'buffer', 'buffer', 'uint64'], return: 'int32' },
  symlinkat: { arguments: ['buffer', 'int32', 'buffer'], return: 'int32' },
  linkat: { arguments: ['int32', 'buffer', 'int32', 'buffer', 'int32'], return: 'int32' },
  unlinkat: { arguments: ['int32', 'buffer', 'int32'], return: 'int32' },
  fsync: { arguments: ['int32'], return: 'int32' },
  syncfs: { arguments: ['int32'], return: 'int32' },
  flistxattr: { arguments: ['int32', 'buffer', 'uint64'], return: 'int32' },
  fgetxattr: { arguments: ['int32', 'buffer', 'buffer', 'uint64'], return: 'int32' },
  fsetxattr: { arguments: ['int32', 'buffer', 'buffer', 'uint64', 'int32'], return: 'int32' },
} as const

/** The functions, and what reads a number at an address. Throws where there is no node:ffi, or the C library lacks one. */
export function nativeFunctions() {
  const ffi = process.getBuiltinModule('node:ffi')
  const { functions } = quietly(() => ffi.dlopen(null, declarations))
  return { functions, numberAt: (address: bigint) => ffi.getInt32(address) }
}

/** The functions as they are called. */
export type Functions = ReturnType<typeof nativeFunctions>['functions']

import { appendCode, type Code } from './append-code.ts'
import { parseElf, readLong, writeLong } from './elf-file.ts'

/** Makes a Node program answer TERM and INT from its first instruction on when it is PID 1, by ending with 128+n.
 *
 *  The kernel drops what PID 1 does not handle, and Node handles these only after 2.5 ms, once its constructors have
 *  run. The code added here runs before them, sets a handler and goes on to the program's own entry. Node sets its own
 *  handlers later as ever, see src/host/reaper/early-signal.ts. 0.5 ms remain, before the loader is done. */
export function listenEarly(bytes: Buffer): void {
  const elf = parseElf(bytes)
  const entry = readLong(bytes, entryOffset)
  const make = elf.hasFixedAddresses ? stubs[elf.machine] : undefined
  if (make === undefined)
    throw new Error('Cannot make the program listen early. It is built in an unknown way.')
  writeLong(
    bytes,
    entryOffset,
    appendCode(elf, (address) => make(address, entry)),
  )
}

/** Where the header of an ELF file holds the address of the first instruction. */
const entryOffset = 24

type Stub = (address: number, entry: number) => ReturnType<Code>

const stubs: Readonly<Record<number, Stub>> = { 62: forX64, 183: forArm64 }

/**
 *       mov $39,%eax · syscall · cmp $1,%eax · jne go          getpid() != 1
 *       mov %rdx,%r8                                            the loader's word for the entry
 *       mov $15,%edi · lea act(%rip),%rsi · xor %edx,%edx · mov $8,%r10d · mov $13,%eax · syscall
 *       mov $2,%edi · mov $13,%eax · syscall                    rt_sigaction(TERM), rt_sigaction(INT)
 *       mov %r8,%rdx
 * go:   jmp entry
 * end:  lea 128(%rdi),%edi · mov $231,%eax · syscall            exit_group(128 + signal)
 * act:  end, SA_RESTORER, end, no mask
 */
function forX64(address: number, entry: number): Buffer {
  const code = Buffer.from(
    'f30f1efab8270000000f0583f801752d4989d0bf0f000000488d353900000031d241ba08000000b80d0000000f05' +
      'bf02000000b80d0000000f054c89c2e900000000f30f1efa8dbf80000000b8e70000000f05cccccccccc' +
      '0000000000000000000000040000000000000000000000000000000000000000',
    'hex',
  )
  const [jump, end, act] = [0x3d, 0x42, 0x58]
  code.writeInt32LE(entry - (address + end), jump + 1)
  writeLong(code, act, address + end)
  code.writeBigUInt64LE(0x04000000n, act + 8)
  writeLong(code, act + 16, address + end)
  return code
}

/**
 *       mov x9,x0 · mov x8,#172 · svc #0 · cmp x0,#1 · b.ne go  getpid() != 1; x0 is the loader's word for the entry
 *       mov x0,#15 · adr x1,act · mov x2,#0 · mov x3,#8 · mov x8,#134 · svc #0
 *       mov x0,#2 · svc #0                                      rt_sigaction(TERM), rt_sigaction(INT)
 * go:   mov x0,x9 · b entry
 * end:  add x0,x0,#128 · mov x8,#94 · svc #0                    exit_group(128 + signal)
 * act:  end, no flags, no mask
 */
function forArm64(address: number, entry: number): Buffer {
  const code = Buffer.from(
    '5f2403d5e90300aa881580d2010000d41f0400f121010054e00180d2a1010010020080d2030180d2c81080d2010000d4' +
      '400080d2010000d4e00309aa000000145f2403d500000291c80b80d2010000d4' +
      '0000000000000000000000000000000000000000000000000000000000000000',
    'hex',
  )
  const [jump, end, act] = [0x3c, 0x40, 0x50]
  const distance = (entry - (address + jump)) / 4
  code.writeUInt32LE((0x14000000 | (distance & 0x03ffffff)) >>> 0, jump)
  writeLong(code, act, address + end)
  return code
}

import { appendCode } from './append-code.ts'
import { type Elf, parseElf, readLong, writeLong } from './elf-file.ts'

/** Makes a Node program start on systems without libatomic.so.1, which slim and CUDA runtime images lack.
 *
 *  Node 26 takes one function from it, __atomic_compare_exchange, and calls it with eight bytes only. That function is
 *  put into the padding behind the program's code, its slot in the table of imports is pointed there, and the library
 *  is taken off the lists the loader reads. Gives false, and changes nothing, when the program does not need it.
 *  Throws when the program is built in another way than this knows. */
export function dropLibatomic(bytes: Buffer): boolean {
  const elf = parseElf(bytes)
  const needed = elf.dynamic.find(
    ({ tag, value }) => tag === tags.needed && elf.dynamicString(value) === library,
  )
  if (needed === undefined) return false
  if (!elf.hasFixedAddresses) throw refusal('The program has no fixed addresses.')
  const symbol = onlySymbolOf(elf, unlinkVersion(elf))
  const slot = takeRelocation(elf, symbol)
  const body = Buffer.from(compareExchange[elf.machine] ?? '', 'hex')
  if (body.length === 0) throw refusal('There is no code for this processor.')
  writeLong(
    bytes,
    elf.offsetOf(slot),
    appendCode(elf, () => body),
  )
  removeDynamic(elf, needed.offset)
  return true
}

const library = 'libatomic.so.1'
const functionName = '__atomic_compare_exchange'
const tags = {
  needed: 1,
  symbols: 6,
  relocationBytes: 2,
  relocations: 23,
  gnuHash: 0x6ffffef5,
  symbolVersions: 0x6ffffff0,
  versionNeeds: 0x6ffffffe,
  versionNeedCount: 0x6fffffff,
} as const

// bool compare_exchange(size_t size, void *place, void *expected, void *desired). Another size than 8 ends the program.
const compareExchange: Readonly<Record<number, string>> = {
  // x86-64: cmp $8,%rdi · jne trap · mov (%rdx),%rax · mov (%rcx),%rcx · lock cmpxchg %rcx,(%rsi) · jne failed
  // mov $1,%eax · ret · failed: mov %rax,(%rdx) · xor %eax,%eax · ret · trap: ud2
  62: 'f30f1efa4883ff087519488b02488b09f0480fb10e7506b801000000c348890231c0c30f0b',
  // AArch64: cmp x0,#8 · b.ne trap · ldr x4,[x2] · ldr x5,[x3] · again: ldaxr x6,[x1] · cmp x6,x4 · b.ne failed
  // stlxr w7,x5,[x1] · cbnz w7,again · mov w0,#1 · ret · failed: clrex · str x6,[x2] · mov w0,#0 · ret · trap: brk #0
  183:
    '5f2403d51f2000f1c1010054440040f9650040f926fc5fc8df0004eba1000054' +
    '25fc07c887ffff3520008052c0035fd65f3f03d5460000f900008052c0035fd6000020d4',
}

/** Takes the library off the list of wanted symbol versions and gives the number its version had. */
function unlinkVersion({ bytes, dynamic, offsetOf, dynamicValue, dynamicString }: Elf): number {
  const count = dynamicValue(tags.versionNeedCount)
  let before: number | undefined
  let at = offsetOf(dynamicValue(tags.versionNeeds))
  for (let index = 0; index < count; index++) {
    const step = bytes.readUInt32LE(at + 12)
    if (dynamicString(bytes.readUInt32LE(at + 4)) !== library) {
      before = at
      at += step
      continue
    }
    if (bytes.readUInt16LE(at + 2) !== 1) throw refusal('It wants more than one version.')
    for (const { offset, tag, value } of dynamic) {
      if (tag === tags.versionNeedCount) writeLong(bytes, offset + 8, count - 1)
      if (tag === tags.versionNeeds && before === undefined) writeLong(bytes, offset + 8, value + step)
    }
    if (before !== undefined) {
      const isLast = index === count - 1
      bytes.writeUInt32LE(isLast ? 0 : bytes.readUInt32LE(before + 12) + step, before + 12)
    }
    return bytes.readUInt16LE(at + bytes.readUInt32LE(at + 8) + 6)
  }
  throw refusal('It wants no version of it.')
}

/** The number of the one imported symbol with this version, which becomes a symbol without version. */
function onlySymbolOf({ bytes, offsetOf, dynamicValue, dynamicString }: Elf, version: number): number {
  const versions = offsetOf(dynamicValue(tags.symbolVersions))
  const symbols = offsetOf(dynamicValue(tags.symbols))
  // The hash table holds what the program exports; what it imports comes before.
  const imported = bytes.readUInt32LE(offsetOf(dynamicValue(tags.gnuHash)) + 4)
  const found = Array.from({ length: imported }, (_, index) => index).filter(
    (index) => bytes.readUInt16LE(versions + index * 2) === version,
  )
  const names = found.map((index) => dynamicString(bytes.readUInt32LE(symbols + index * 24)))
  const [symbol] = found
  if (symbol === undefined || names.join() !== functionName)
    throw refusal(`It takes ${names.join(', ')} from it.`)
  bytes.writeUInt16LE(1, versions + symbol * 2)
  return symbol
}

/** Makes the loader skip the symbol's slot in the table of imports and gives the address of that slot. */
function takeRelocation({ bytes, offsetOf, dynamicValue }: Elf, symbol: number): number {
  const start = offsetOf(dynamicValue(tags.relocations))
  const count = dynamicValue(tags.relocationBytes) / 24
  const found = Array.from({ length: count }, (_, index) => start + index * 24).filter(
    (at) => bytes.readUInt32LE(at + 12) === symbol,
  )
  const [at] = found
  if (at === undefined || found.length > 1) throw refusal(`It is called through ${found.length} slots.`)
  // Type and symbol 0: «nothing to do».
  writeLong(bytes, at + 8, 0)
  return readLong(bytes, at)
}

/** Takes one entry out of the dynamic section: those behind it move up. */
function removeDynamic({ bytes, dynamic }: Elf, offset: number): void {
  const last = dynamic.at(-1)?.offset ?? offset
  bytes.copyWithin(offset, offset + 16, last + 16)
}

function refusal(why: string): Error {
  return new Error(`Cannot free this Node program from ${library}. ${why}`)
}

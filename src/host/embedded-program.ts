import { Script } from 'node:vm'
import { embeddedFile } from './embedded.ts'

type Program = Readonly<Record<string, unknown>>

let program: Program | undefined

/** A module of the program's second half, by the path src/main.ts imports it with. The first call evaluates that half.
 *  A code cache that this machine's V8 refuses costs 50 ms, nothing else. */
export function embeddedModule(path: string): unknown {
  program ??= loadProgram()
  return program[path]
}

function loadProgram(): Program {
  const source = embeddedFile('app.cjs')
  if (source === undefined) throw new Error('Cannot start. The binary lacks its own program.')
  const cachedData = embeddedFile('app.cache')
  // The build writes ASCII only, so one byte is one character and V8 keeps the short form of the string.
  const script = new Script(programFrame(Buffer.from(source.buffer).toString('latin1')), {
    filename: 'comfy-init.cjs',
    ...(cachedData && { cachedData: Buffer.from(cachedData.buffer) }),
  })
  const module: { readonly exports: Program } = { exports: {} }
  script.runInThisContext()(module.exports, requireBuiltin, module)
  return module.exports
}

/** The text V8 compiles: the bundle as a function. The code cache fits this exact text only. */
export function programFrame(source: string): string {
  return `(function (exports, require, module) {${source}\n})`
}

function requireBuiltin(name: string): unknown {
  const builtin: unknown = process.getBuiltinModule(name)
  if (builtin === undefined) throw new Error(`Cannot load «${name}». The binary holds no such module.`)
  return builtin
}

import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { quietly } from './quietly.ts'

/** Where a child's standard output and standard error go, and how they are read. */
export type Outputs = {
  /** What spawn is given for them. */
  readonly ends: readonly [number | 'pipe', number | 'pipe']
  /** Our sides of them; to be called once, right after spawn, whatever came of it. */
  readonly of: (child: ChildProcess) => { readonly stdout: Readable; readonly stderr: Readable }
}

/**
 * Pipes of the kernel for a child's output. Node's own are sockets, which nobody can open by a path: a program that writes to
 * /dev/stdout or /dev/stderr, as shell scripts and loggers do, would get ENXIO. Where this Node cannot make them (node:ffi is
 * experimental) they are Node's.
 */
export function outputPipes(): Outputs {
  const pipes = [makePipe(), makePipe()] as const
  const [out, err] = pipes
  if (out === undefined || err === undefined) return { ends: ['pipe', 'pipe'], of: nodesOwn }
  return {
    ends: [out.writeEnd, err.writeEnd],
    of: (child) => {
      for (const { writeEnd } of [out, err]) closeSync(writeEnd)
      const [stdout, stderr] = [readerOf(out.readEnd), readerOf(err.readEnd)]
      // As Node does with its own: what was written before the end is read even where reading was paused.
      child.once('exit', () => {
        for (const each of [stdout, stderr]) each.resume()
      })
      return { stdout, stderr }
    },
  }
}

type Pipe = { readonly readEnd: number; readonly writeEnd: number }

/** O_CLOEXEC of Linux on every processor we build for: no other child is to hold an end. */
const CLOSE_ON_EXEC = 0o2000000

const pipe2 = { arguments: ['buffer', 'int32'], return: 'int32' } as const

type Make = (ends: Buffer, flags: number) => number

// Found once: what node:ffi gives for a function is never given back.
let found: { readonly make: Make | undefined } | undefined

function makePipe(): Pipe | undefined {
  found ??= { make: findMake() }
  const ends = Buffer.alloc(8)
  if (found.make?.(ends, CLOSE_ON_EXEC) !== 0) return undefined
  return { readEnd: ends.readInt32LE(0), writeEnd: ends.readInt32LE(4) }
}

function findMake(): Make | undefined {
  try {
    return quietly(() => process.getBuiltinModule('node:ffi').dlopen(null, { pipe2 })).functions.pipe2
  } catch {
    return undefined
  }
}

function readerOf(fd: number): Readable {
  return new Socket({ fd, readable: true, writable: false })
}

function nodesOwn({ stdout, stderr }: ChildProcess): ReturnType<Outputs['of']> {
  if (stdout === null || stderr === null) throw new Error('a child without output pipes')
  return { stdout, stderr }
}

import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { systemCode } from '../base/problem.ts'
import type { FileGot, FileWanted } from './download.ts'
import { noAnswer, openAnswer } from './download-request.ts'

/**
 * Gets a file. A whole one that lies there already is taken as it is, unless it has another digest than wanted. What was got
 * before is gone on with only where that cannot mix two files: the server still has the same one, or its digest is known.
 */
export async function downloadFile(wanted: FileWanted): Promise<FileGot> {
  const { path, sha256 } = wanted
  const there = await digestOf(path)
  if (there !== undefined && (sha256 === undefined || there.sha256 === sha256))
    return { kind: 'got', ...there }
  const late = AbortSignal.timeout(Math.max(1, wanted.timeoutMs))
  const first = await goOn(wanted, late)
  const isMixed = first.got.kind === 'got' && sha256 !== undefined && first.got.sha256 !== sha256
  const { got } = first.resumed && isMixed ? await afresh(wanted, late) : first
  if (got.kind !== 'got') return got
  await rename(`${path}.part`, path)
  await rm(`${path}.tag`, { force: true })
  return got
}

type Tried = { readonly got: FileGot; readonly resumed: boolean }

async function afresh(wanted: FileWanted, late: AbortSignal): Promise<Tried> {
  await rm(`${wanted.path}.part`, { force: true })
  return goOn(wanted, late)
}

async function goOn(wanted: FileWanted, late: AbortSignal): Promise<Tried> {
  const part = await open(`${wanted.path}.part`, 'a+', 0o644)
  try {
    const { size } = await part.stat()
    const tag = await readFile(`${wanted.path}.tag`, 'utf8').catch(() => '')
    const mayResume = size > 0 && (tag !== '' || wanted.sha256 !== undefined)
    const range = mayResume ? { range: `bytes=${size}-`, ...(tag === '' ? {} : { 'if-range': tag }) } : {}
    const opened = await openAnswer(wanted, range, late)
    if (opened.kind !== 'opened') return { got: opened, resumed: false }
    return await take(wanted, { part, answer: opened.answer, from: mayResume ? size : 0, late })
  } catch (error) {
    // What is half there only takes the room that was missing.
    if (FULL.has(systemCode(error) ?? '')) await rm(`${wanted.path}.part`, { force: true })
    throw error
  } finally {
    await part.close()
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT'])

type Taking = {
  readonly part: FileHandle
  readonly answer: IncomingMessage
  readonly from: number
  readonly late: AbortSignal
}

async function take(wanted: FileWanted, taking: Taking): Promise<Tried> {
  const { part, answer, from } = taking
  const status = answer.statusCode ?? 0
  // A server that has no more to give than what is there says so.
  const isWhole = status === 416 && from > 0
  const continues = answer.headers['content-range']?.startsWith(`bytes ${from}-`) ?? false
  const resumed = (status === 206 && continues) || isWhole
  if (status !== 200 && !resumed) {
    answer.resume()
    return {
      got: status >= 500 || status === 429 ? away(status) : { kind: 'refused', status },
      resumed: false,
    }
  }
  const hash = createHash('sha256')
  const begun = resumed ? hashFile(part, hash) : beginAfresh(wanted, taking)
  if (isWhole) answer.resume()
  const got = isWhole ? await begun : await write(wanted, taking, { hash, begun })
  if (typeof got !== 'number') return { got, resumed }
  await part.sync()
  return { got: { kind: 'got', bytes: got, sha256: hash.digest('hex') }, resumed }
}

async function beginAfresh({ path }: FileWanted, { part, answer }: Taking): Promise<number> {
  await part.truncate(0)
  await keepTag(`${path}.tag`, answer)
  return 0
}

function away(status: number): FileGot {
  return { kind: 'unreachable', reason: `it answers ${status}` }
}

// A weak tag means that the bytes may differ.
async function keepTag(path: string, { headers }: IncomingMessage): Promise<void> {
  const { etag } = headers
  if (etag?.startsWith('"')) await writeFile(path, etag)
  else await rm(path, { force: true })
}

// It flows from the first moment on, and what came before the line was cut is written all the same.
async function write(
  { mostBytes, signal }: FileWanted,
  { part, answer, late }: Taking,
  { hash, begun }: { readonly hash: Hash; readonly begun: Promise<number> },
): Promise<number | FileGot> {
  let bytes = 0
  const take = async (chunk: Buffer) => {
    if (bytes === 0) bytes = await begun
    bytes += chunk.length
    if (bytes > mostBytes) return void answer.destroy()
    hash.update(chunk)
    await part.writeFile(chunk)
  }
  const sink = new Writable({
    highWaterMark: WAITING_BYTES,
    write: (chunk: Buffer, _, done) => void take(chunk).then(() => done(), done),
  })
  const ended = finished(answer, { writable: false }).then(
    () => undefined,
    (error: unknown) => error,
  )
  const written = finished(answer.pipe(sink, { end: false }))
  const fault = await Promise.race([ended, written])
  sink.end()
  await Promise.all([begun, written])
  if (bytes > mostBytes) return { kind: 'too-large', mostBytes }
  if (fault === undefined) return Math.max(bytes, await begun)
  signal?.throwIfAborted()
  return noAnswer(fault, late)
}

const WAITING_BYTES = 1024 * 1024

async function digestOf(
  path: string,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    const hash = createHash('sha256')
    return { bytes: await hashFile(file, hash), sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

async function hashFile(file: FileHandle, hash: Hash): Promise<number> {
  const buffer = Buffer.alloc(1024 * 1024)
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) return at
    hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}

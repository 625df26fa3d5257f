import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { redact, type Secret } from '../../base/secret.ts'
import type { Started } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import { type Said, trialReader } from './read-trial.ts'

/** What listens to a trial. */
export type Ears = {
  /** Resolves when ComfyUI has said how long each node took. */
  readonly complete: Promise<void>
  /** To be called when nothing of it runs any more: what it said, read to the end. */
  readonly end: () => Promise<Said & { readonly output: string }>
}

/** Of the output so much is kept from its beginning and from its end, characters; of one line so much. */
const HEAD = 64 * 1024
const TAIL = 256 * 1024
const LINE = 16 * 1024

/** Whoever left the trial's processes may hold its pipes: they are not waited for longer, milliseconds. */
const CLOSE_MS = 1000

/** Reads what a trial prints, of both streams, and keeps a bounded part of it. */
export function hear(
  { clock }: Pick<Host, 'clock'>,
  { stdout, stderr }: Pick<Started, 'stdout' | 'stderr'>,
  { folders, secrets }: { readonly folders: readonly string[]; readonly secrets: readonly Secret[] },
): Ears {
  const reader = trialReader(folders)
  const kept = keeper()
  const complete = Promise.withResolvers<void>()
  const take = (line: string) => {
    reader.read(line)
    kept.add(`${line}\n`)
    if (reader.said().isComplete) complete.resolve()
  }
  const closed = Promise.all([stdout, stderr].map((stream) => linesOf(stream, take)))
  return {
    complete: complete.promise,
    end: async () => {
      const done = new AbortController()
      await Promise.race([closed, clock.sleep(CLOSE_MS, done.signal)])
      done.abort()
      for (const stream of [stdout, stderr]) stream.destroy()
      await closed
      const said = reader.said()
      const masked = (text: string | undefined) => (text === undefined ? text : redact(text, secrets))
      const nodes = [...said.nodes].map(
        ([name, node]) => [name, { ...node, line: masked(node.line) }] as const,
      )
      return {
        ...said,
        nodes: new Map(nodes),
        line: masked(said.line),
        last: masked(said.last),
        output: redact(kept.text(), secrets),
      }
    },
  }
}

// A line without an end is cut: a progress bar may go on for ever.
function linesOf(stream: Readable, take: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = (lines.pop() ?? '').slice(0, LINE)
    for (const line of lines) take(line.slice(0, LINE))
  })
  return new Promise((resolve) => {
    stream.on('error', () => {})
    stream.once('close', () => {
      if (rest !== '') take(rest)
      resolve()
    })
  })
}

function keeper() {
  let head = ''
  let tail = ''
  let lost = 0
  return {
    add: (text: string) => {
      if (head.length < HEAD) {
        head += text
        return
      }
      tail += text
      if (tail.length < 2 * TAIL) return
      lost += tail.length - TAIL
      tail = tail.slice(-TAIL)
    },
    text: () => (lost === 0 ? head + tail : `${head}\n[${lost} characters are left out here]\n${tail}`),
  }
}

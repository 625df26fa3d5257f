import type { NodeImport } from '../../base/node.ts'
import { plainText } from '../../base/plain-text.ts'

/** What ComfyUI said while it loaded its nodes. */
export type Said = {
  /** It printed how long each node took: all were tried, by folder. */
  readonly isComplete: boolean
  readonly nodes: ReadonlyMap<string, NodeImport>
  /** Node that it was at when it said its last. */
  readonly suspect: string | undefined
  /** The exception or fatal error that it said last. */
  readonly line: string | undefined
  /** The line that it printed last, since it named the node that it loads. */
  readonly last: string | undefined
}

/** Reads ComfyUI's lines one by one. */
export type Reader = { readonly read: (line: string) => void; readonly said: () => Said }

/** Longest line that is kept of a traceback, characters. */
const MOST = 300

/** What the log of ComfyUI puts before a line. */
const LEVEL = /^\[(DEBUG|DETAIL|INFO|WARNING|ERROR|CRITICAL)\](?: |$)/

/** Reads what ComfyUI prints when it loads nodes from these folders; of a node the last line of its traceback is kept. */
export function trialReader(folders: readonly string[]): Reader {
  const nodes = new Map<string, NodeImport>()
  const faults = new Map<string, string>()
  let isComplete = false
  let trace: Trace = { kind: 'none' }
  let exception: string | undefined
  let loading: string | undefined
  let last: string | undefined
  const nodeOf = (path: string) => nodeAt(path, folders)
  const blame = (path: string, words: string) => {
    const name = nodeOf(path)
    if (name !== undefined) faults.set(name, words.slice(0, MOST))
    // It was caught: ComfyUI goes on, and what comes next is about something else.
    trace = { kind: 'none' }
    exception = undefined
  }
  // Threads of nodes may print between the lines of the list.
  const readTimes = (line: string): boolean => {
    if (/^Import times for custom nodes:/.test(line)) {
      isComplete = true
      loading = undefined
      return true
    }
    const [, seconds, failed, path = ''] =
      /^\s*(\d+\.\d) seconds( \(IMPORT FAILED\))?: (.+)$/.exec(line) ?? []
    const name = nodeOf(path)
    if (!isComplete || seconds === undefined || name === undefined) return false
    const result = failed === undefined ? 'ok' : 'failed'
    nodes.set(name, { result, line: failed && faults.get(name), seconds: Number(seconds) })
    return true
  }
  return {
    read: (raw) => {
      const line = plainText(raw).replace(LEVEL, '')
      if (line === '' || readTimes(line)) return
      const event = eventOf(line)
      last = event?.type === 'loading' ? undefined : line
      if (event?.type === 'loading') loading = nodeOf(event.path) ?? loading
      else if (event?.type === 'fault') blame(event.path, exception ?? event.words)
      else [trace, exception] = traced(line, { trace, exception, nodeOf })
    },
    said: () => ({
      isComplete,
      nodes,
      suspect: loading ?? (trace.kind === 'none' ? undefined : trace.node),
      line: exception?.slice(0, MOST),
      last: last?.slice(0, MOST),
    }),
  }
}

/** Folder name of the node that a path is of. */
function nodeAt(path: string, folders: readonly string[]): string | undefined {
  const folder = folders.find((each) => path.startsWith(`${each}/`))
  if (folder === undefined) return /\/custom_nodes\/([^/]+)/.exec(path)?.[1]
  return path.slice(folder.length + 1).split('/', 1)[0]
}

type Event =
  | { readonly type: 'loading'; readonly path: string }
  | { readonly type: 'fault'; readonly path: string; readonly words: string }

function eventOf(line: string): Event | undefined {
  const [, loading] = /^Trying to load custom node (.+)$/.exec(line) ?? []
  if (loading !== undefined) return { type: 'loading', path: loading }
  const [, path, words = ''] = FAULTS.map((each) => each.exec(line)).find((found) => found !== null) ?? []
  return path === undefined ? undefined : { type: 'fault', path, words }
}

/** Sentences with which ComfyUI goes on without a node. */
const FAULTS = [
  /^Cannot import (.+?) module for custom nodes: (.*)$/,
  /^Error while calling comfy_entrypoint in (.+?): (.*)$/,
  /^Skip (.+?) module for custom nodes (due to the lack of .*?)\.?$/,
  /^comfy_entrypoint in (\S+) (.*?)\.?$/,
]

/** A traceback names the innermost frame last, Python's own dump of a crash first. */
type Trace =
  | { readonly kind: 'none' }
  | { readonly kind: 'traceback' | 'ended' | 'crash'; readonly node: string | undefined }

type Tracing = {
  readonly trace: Trace
  readonly exception: string | undefined
  readonly nodeOf: (path: string) => string | undefined
}

function traced(line: string, { trace, exception, nodeOf }: Tracing): [Trace, string | undefined] {
  if (line.startsWith('Traceback (most recent call last):'))
    return [{ kind: 'traceback', node: undefined }, exception]
  if (line.startsWith('Fatal Python error: ')) return [{ kind: 'crash', node: undefined }, line]
  if (trace.kind === 'none' || trace.kind === 'ended') return [trace, exception]
  const [, file] = /^ {2}File "([^"]+)", line \d+/.exec(line) ?? []
  const node = file === undefined ? undefined : nodeOf(file)
  if (trace.kind === 'crash') return [{ ...trace, node: trace.node ?? node }, exception]
  if (/^\s/.test(line)) return [{ ...trace, node: node ?? trace.node }, exception]
  return [{ ...trace, kind: 'ended' }, line]
}

import { assetsFinding } from './assets.ts'
import { argumentsFinding } from './bad-arguments.ts'
import { type Evidence, type Finding, lifeText, recentLines } from './evidence.ts'
import { GPU_LOST } from './gpu-words.ts'
import { crashFinding, killFinding, memoryFinding, sentFinding } from './signals.ts'
import { fatalTraceback } from './traceback.ts'
import { tracebackFinding } from './uncaught.ts'
import { wordsFinding } from './words.ts'

/** Signals by which a process ends itself through what it did; the others were sent by somebody. */
const CRASHES: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
  'SIGSYS',
])

/** Before a crash fewer lines count than before an exit: it comes without words of its own. */
const LINES_BEFORE_CRASH = 15
const LINES_BEFORE_EXIT = 60

/** Why a service died, from its ending, its last words and the machine. Pure; what nothing explains is told as it is. */
export function causeOf(evidence: Evidence): Finding {
  const { signal, code } = evidence.ending
  if (signal === 'SIGKILL') return killFinding(evidence)
  if (signal !== null && !CRASHES.has(signal)) return sentFinding(evidence, signal)
  const last = sinceLastPrompt(recentLines(evidence).map(({ text }) => text))
  if (signal !== null) return crash(evidence, signal, last)
  if (code === 0) return { cause: 'exit', summary: `${ended(evidence)}, by itself.` }
  return (
    assetsFinding(evidence, last) ??
    argumentsFinding(evidence, last) ??
    uncaught(evidence) ??
    wordsFinding(evidence, last.slice(-LINES_BEFORE_EXIT)) ??
    lost(evidence) ??
    (evidence.ooms?.kills ? memoryFinding(evidence) : undefined) ?? {
      cause: 'exit',
      summary: `${ended(evidence)}.`,
    }
  )
}

// Python’s faulthandler, where it is on, prints all stacks behind the words that count.
function crash(evidence: Evidence, signal: NodeJS.Signals, last: readonly string[]): Finding {
  const dump = last.findLastIndex((line) => line.startsWith('Fatal Python error: '))
  const before = (dump === -1 ? last : last.slice(0, dump)).slice(-LINES_BEFORE_CRASH)
  return wordsFinding(evidence, before) ?? lost(evidence) ?? crashFinding(evidence, signal, last)
}

// Python ends with 1 after an exception that nobody caught, and with nothing else.
function uncaught(evidence: Evidence): Finding | undefined {
  if (evidence.ending.code !== 1) return undefined
  const errors = recentLines(evidence).filter(({ stream }) => stream === 'stderr')
  const found = fatalTraceback(errors.map(({ text }) => text))
  if (found === undefined) return undefined
  const words = wordsFinding(evidence, [`${found.exception}: ${found.message}`])
  return words ?? tracebackFinding(evidence, found)
}

function lost({ isGpuLost, spec }: Evidence): Finding | undefined {
  if (!isGpuLost) return undefined
  return { cause: 'gpu-lost', summary: `${spec.title} ended after its GPU had been lost.`, remedy: GPU_LOST }
}

// What a prompt failed with was caught, and the next one ran after it.
function sinceLastPrompt(lines: readonly string[]): readonly string[] {
  return lines.slice(lines.findLastIndex((line) => /Prompt executed in /.test(line)) + 1)
}

function ended({ spec, ending, uptimeMs }: Evidence): string {
  return `${spec.title} ended with exit code ${ending.code} after ${lifeText(uptimeMs)}`
}

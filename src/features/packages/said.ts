import type { Finished } from '../../host/exec.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Outcome } from './installer.ts'

/** Longer reasoning is nobody's to read. */
const MOST_CHARACTERS = 600

/** What a tool said, as one line that ends like a sentence. */
export function sentenceOf(text: string, tool: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line === '') return `${tool} did not say why.`
  const short = line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line
  return /[.…]$/.test(short) ? short : `${short}.`
}

const UNREACHED =
  /error sending request|dns error|connection (refused|reset|closed|aborted)|connect error|timed? ?out|unknownissuer|certificate verif|status server error|name resolution|network is unreachable|no route to host|NewConnectionError|Retrying \(Retry|SSLError|ProxyError/i
const BUILDING = /failed to build|build backend|building wheel|subprocess-exited-with-error/i
const FULL = /no space left on device|os error 28\b|errno 28\b|disk quota exceeded|read-only file system/i

/** What in a tool's failure is not the fault of any package: time, network, disk. Undefined where it is a package's. */
export function faultOf(
  tool: string,
  finished: Finished,
  settings: Pick<Settings, 'nodeTimeoutMs' | 'offline'>,
): Outcome | undefined {
  const { missing, timedOut, signal, stdout, stderr } = finished
  if (missing) return { kind: 'broken', said: `${tool} cannot be started.` }
  const seconds = settings.nodeTimeoutMs / 1000
  if (timedOut) return { kind: 'unreached', said: `${tool} was not done within ${seconds} s.` }
  if (signal !== null) return { kind: 'broken', said: `${tool} was ended by ${signal}.` }
  const text = `${stderr}\n${stdout}`
  const full = lineWith(FULL, text)
  if (full !== undefined) return { kind: 'broken', said: sentenceOf(full, tool) }
  const unreached = lineWith(UNREACHED, text)
  if (unreached === undefined || settings.offline || BUILDING.test(text)) return undefined
  return { kind: 'unreached', said: sentenceOf(unreached, tool) }
}

function lineWith(pattern: RegExp, text: string): string | undefined {
  return text
    .split('\n')
    .find((line) => pattern.test(line))
    ?.replace(/^\s*(error|cause|WARNING|ERROR):\s*/, '')
}

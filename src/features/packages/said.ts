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
  /error sending request|dns error|connection (refused|reset|closed|aborted)|connect error|\btimed out\b|\b(read|connect|request|operation) timeout\b|invalid peer certificate|certificate verif|status server error|name resolution|network is unreachable|no route to host|NewConnectionError\(|(Read|Connect)Timeout(Error)?\(|Retrying \(Retry|SSLError\(|ProxyError\(/i
const BUILDING = /failed to build|build backend|building wheel|subprocess-exited-with-error/i
const FULL = /no space left on device|os error 28\b|errno 28\b|disk quota exceeded|read-only file system/i
const DENIED = /permission denied|\(os error 13\)|\[errno 13\]|operation not permitted/i

/** What in a tool's failure is not the fault of any package, as far as can be told from it: time, network, disk. Undefined where it is a package's. */
export function faultOf(
  tool: string,
  finished: Finished,
  settings: Pick<Settings, 'nodeTimeoutMs' | 'offline'>,
): Outcome | undefined {
  const { missing, timedOut, signal, stdout, stderr } = finished
  if (missing) return { kind: 'broken', said: `${tool} cannot be started.` }
  const seconds = settings.nodeTimeoutMs / 1000
  if (timedOut) return { kind: 'unreached', said: `${tool} was not done within ${seconds} s.`, inDoubt: true }
  if (signal !== null) return { kind: 'broken', said: `${tool} was ended by ${signal}.`, inDoubt: true }
  const text = `${stderr}\n${stdout}`
  const isBuilding = BUILDING.test(text)
  const full = lineWith(FULL, text)
  if (full !== undefined) return { kind: 'broken', said: sentenceOf(full, tool), inDoubt: isBuilding }
  const denied = isBuilding ? undefined : lineWith(DENIED, text)
  if (denied !== undefined) return { kind: 'broken', said: sentenceOf(denied, tool) }
  const unreached = lineWith(UNREACHED, text)
  if (unreached === undefined || settings.offline || isBuilding) return undefined
  return { kind: 'unreached', said: sentenceOf(unreached, tool) }
}

/** What a path or an address is called says nothing. */
const ADDRESS = /\b[a-z][a-z+]*:\/\/[^\s)]+/gi

function lineWith(pattern: RegExp, text: string): string | undefined {
  return text
    .split('\n')
    .find((line) => pattern.test(line.replaceAll(ADDRESS, '')))
    ?.replace(/^\s*(error|cause|WARNING|ERROR):\s*/, '')
}

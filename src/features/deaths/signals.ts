import { sizeText } from '../../base/text.ts'
import { nodeAdvice, nodeOf } from './custom-node.ts'
import { clipped, type Evidence, type Finding, lifeText } from './evidence.ts'

/** SIGKILL: the kernel's, for lack of memory, where it counted one; somebody else's otherwise. */
export function killFinding(evidence: Evidence): Finding {
  const { spec, ooms, uptimeMs } = evidence
  if (ooms?.kills) return memoryFinding(evidence)
  const lived = `${spec.title} was killed (SIGKILL) after ${lifeText(uptimeMs)}`
  return {
    cause: 'killed',
    summary:
      ooms?.kills === 0
        ? `${lived}, and not for lack of memory in this container.`
        : `${lived}; whether for lack of memory cannot be seen from in here.`,
    remedy:
      'Look on the host who sent it: dmesg -T | grep -i "killed process" names the victims of a machine that ran out of memory.',
  }
}

/** The kernel killed it, or a process of its own, because memory was used up. */
export function memoryFinding(evidence: Evidence): Finding {
  const { spec, ending, ram, endedAtMs } = evidence
  const { title } = spec
  const who =
    ending.signal === 'SIGKILL' ? `killed ${title}` : `killed a process of ${title}’s, which then ended,`
  const had =
    ram === undefined
      ? ''
      : `; ${lifeText(Math.max(0, endedAtMs - ram.atMs))} before, ${title} had ${sizeText(ram.bytes)}`
  const { full, more } = shortage(evidence)
  const less =
    spec.name === 'comfyui' ? ', or let ComfyUI keep fewer models in it: COMFY_ARGS=--cache-none' : ''
  return {
    cause: 'out-of-memory',
    summary: `The kernel ${who} because ${full}${had}.`,
    remedy: `${more}${less}.`,
  }
}

// The kernel counts kills for a machine that is full among the container's, but not as reaching its limit.
function shortage({ limitBytes, machineBytes = Number.POSITIVE_INFINITY, ooms }: Evidence) {
  if (limitBytes !== undefined && limitBytes < machineBytes && ooms?.atLimit !== 0)
    return {
      full: `the container’s memory limit of ${sizeText(limitBytes)} was reached`,
      more: 'Give the container more memory (docker run --memory, resources.limits.memory in Kubernetes)',
    }
  const size = Number.isFinite(machineBytes) ? ` of ${sizeText(machineBytes)}` : ''
  return {
    full: `the machine’s memory${size} was used up`,
    more: 'Use a machine with more memory, or end other programs on it',
  }
}

/** A signal that a process does not get by what it does itself. */
export function sentFinding({ spec, uptimeMs }: Evidence, signal: NodeJS.Signals): Finding {
  return {
    cause: 'signal',
    summary: `${spec.title} was ended by ${signal} after ${lifeText(uptimeMs)}; comfy-init did not send it.`,
    remedy: `Something in the container sends it, a custom node or a person; comfy-init stop ${spec.name} is the way to stop it.`,
  }
}

/** A crash in native code, with the place that Python's faulthandler names if it is on. */
export function crashFinding(
  { spec, uptimeMs }: Evidence,
  signal: NodeJS.Signals,
  lines: readonly string[],
): Finding {
  const place = placeOf(lines)
  const said = saidOf(lines)
  const where = place === undefined ? '' : `, in ${place}`
  const words = said === undefined ? '' : `: ${clipped(said)}`
  return {
    cause: 'signal',
    summary: `${spec.title} crashed in native code (${signal}${where}) after ${lifeText(uptimeMs)}${words}.`,
    remedy:
      place === undefined
        ? (ADVICE[signal] ?? ANY_CRASH)
        : (nodeAdvice(nodeOf(place)) ?? ADVICE[signal] ?? ANY_CRASH),
  }
}

const ANY_CRASH =
  'Mostly the compiled part of a custom node, or a torch that does not fit this machine: COMFY_ARGS=--disable-all-custom-nodes shows which of the two.'

const ADVICE: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGBUS:
    'A file that it had mapped became shorter or its disk went away, or /dev/shm is full: docker run --shm-size=8g; df -h /dev/shm.',
  SIGILL:
    'A package was compiled for processors with more instructions than this one has: compare lscpu with what the package asks for, or use another machine.',
}

// `Current thread 0x… (most recent call first):` and below it the frames of the thread that crashed. A custom node's own
// code says more than the library that it called.
function placeOf(lines: readonly string[]): string | undefined {
  const head = lines.findLastIndex((line) => line.startsWith('Current thread 0x'))
  const frames = (head === -1 ? [] : lines.slice(head + 1)).map((line) => FRAME.exec(line))
  const end = frames.indexOf(null)
  const places = (end === -1 ? frames : frames.slice(0, end)).map(
    (found) => `${found?.[1]} line ${found?.[2]}`,
  )
  return places.find((place) => nodeOf(place) !== undefined) ?? places[0]
}

const FRAME = /^ {2}File "([^"]+)", line (\d+)/

// What the C and C++ libraries print before they abort.
function saidOf(lines: readonly string[]): string | undefined {
  const found = lines.findLast((line) =>
    /^ +what\(\): |^(free|malloc|realloc|munmap_chunk|corrupted)\b.*[():]/.test(line),
  )
  return found?.replace(/^ +what\(\): +/, '')
}

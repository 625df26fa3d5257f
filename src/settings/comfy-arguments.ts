import { Problem } from '../base/problem.ts'
import type { OptionKey } from './settings.ts'
import type { Given } from './written.ts'

/** ComfyUI arguments that are settings of ours too, with a value behind them. */
const WITH_VALUE: Readonly<Record<string, OptionKey>> = {
  '--port': 'port',
  '--listen': 'listen',
  '--input-directory': 'inputFolder',
  '--output-directory': 'outputFolder',
}

/** What arguments say about settings, and the arguments that are left for ComfyUI. */
export type Taken = {
  readonly rest: readonly string[]
  readonly given: ReadonlyMap<OptionKey, Given>
  readonly problems: readonly Problem[]
}

/**
 * Takes out of ComfyUI's arguments what settings decide: --port, --listen, --input-directory, --output-directory (both
 * `--port 1` and `--port=1`, the last one counts) and --cpu. --base-directory is refused. All others stay as they are.
 * `where` is « in COMFY_ARGS», or empty for the command line.
 */
export function takeArguments(args: readonly string[], where: string): Taken {
  const rest: string[] = []
  const given = new Map<OptionKey, Given>()
  const problems: Problem[] = []
  for (let at = 0; at < args.length; at++) {
    const [name = '', inline] = splitAtEquals(args[at] ?? '')
    const key = WITH_VALUE[name]
    const origin = { from: 'argument', name: `${name}${where}` } as const
    if (key !== undefined) {
      const next = isValue(args[at + 1]) ? args[at + 1] : undefined
      if (inline === undefined && next !== undefined) at++
      given.set(key, { text: inline ?? next ?? bare(key), origin })
    } else if (name === '--cpu') given.set('gpu', { text: 'off', origin })
    else if (name === '--base-directory') {
      if (inline === undefined && isValue(args[at + 1])) at++
      problems.push(new Problem('ARGUMENT_RESERVED', { argument: origin.name, instead: 'COMFY_WORKSPACE' }))
    } else rest.push(args[at] ?? '')
  }
  return { rest, given, problems }
}

function splitAtEquals(arg: string): readonly string[] {
  const at = arg.indexOf('=')
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)]
}

function isValue(arg: string | undefined): boolean {
  return arg !== undefined && !arg.startsWith('-')
}

// ComfyUI takes --listen alone for every address; the IPv6 half of that ends it where the kernel has no IPv6.
function bare(key: OptionKey): string {
  return key === 'listen' ? '0.0.0.0' : ''
}

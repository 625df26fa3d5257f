import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { nearest } from '../../base/text.ts'
import type { Facts } from '../../facts/facts.ts'
import { usesGpu } from '../../facts/gpu-use.ts'
import type { Settings } from '../../settings/settings.ts'

/** What ComfyUI is started with, and what is wrong with it. */
export type Arguments = { readonly args: readonly string[]; readonly problems: readonly Problem[] }

/** What the arguments are made of; facts as they are once everything is in its place. */
export type ArgumentSources = {
  readonly settings: Settings
  readonly facts: Facts
  readonly places: Places
  /** ComfyUI’s own ComfyUI-Manager is wanted, and what it needs is there. */
  readonly hasManager?: boolean
}

/** A flag with its value, if it takes one. */
type Flag = readonly [flag: string, value?: string]

/** Flags that every ComfyUI with --base-directory knows: passed when its own list could not be read. */
const CORE: ReadonlySet<string> = new Set(
  '--listen --port --cpu --base-directory --extra-model-paths-config --input-directory --output-directory'.split(
    ' ',
  ),
)

const NOT_READ: ReadonlySet<string> = new Set()

/** Flags that argparse refuses beside --cpu. */
const MEMORY_MODES: ReadonlySet<string> = new Set([
  '--gpu-only',
  '--highvram',
  '--normalvram',
  '--lowvram',
  '--novram',
])

/**
 * ComfyUI's arguments: ours as far as this ComfyUI knows them, then the person's. A flag that the person gives is theirs
 * alone; no flag is assumed, since one that ComfyUI does not know ends it with exit code 2.
 */
export function comfyuiArguments(sources: ArgumentSources): Arguments {
  const { settings, facts } = sources
  const flags = facts.image?.flags ?? NOT_READ
  const knows = (flag: string) => (flags.size === 0 ? CORE : flags).has(flag)
  const given = new Set(settings.args.map(flagOf))
  const ours = wanted(sources).filter(
    ([flag]) => knows(flag) && (flag === '--extra-model-paths-config' || !given.has(flag)),
  )
  const onCpu = given.has('--cpu') || ours.some(([flag]) => flag === '--cpu')
  const leftOut = onCpu ? [...given].filter((flag) => MEMORY_MODES.has(flag)) : []
  return {
    args: [
      ...ours.flatMap((each) => each.filter((word) => word !== undefined)),
      ...settings.args.filter((word) => !leftOut.includes(word)),
    ],
    problems: [
      ...leftOut.map((flag) => new Problem('COMFY_ARG_LEFT_OUT', { flag })),
      ...unknown([...given], flags, facts.image?.version),
    ],
  }
}

/** The value of a flag among arguments, as argparse takes it: the last one counts; '' for a flag without a value. */
export function flagValue(args: readonly string[], flag: string): string | undefined {
  const at = args.findLastIndex((word) => flagOf(word) === flag)
  const word = args[at]
  if (word === undefined) return undefined
  if (word.includes('=')) return word.slice(word.indexOf('=') + 1)
  const next = args[at + 1]
  return next === undefined || next.startsWith('--') ? '' : next
}

function flagOf(word: string): string {
  return word.startsWith('--') ? (word.split('=', 1)[0] ?? word) : ''
}

function wanted({ settings, facts, places, hasManager = false }: ArgumentSources): readonly Flag[] {
  const flag = (name: string, value: string | undefined): readonly Flag[] =>
    value === undefined ? [] : [[name, value]]
  const base = places.mode === 'link' ? places.base : undefined
  return [
    // First, since it takes as many words as follow it.
    ...modelPaths(facts, places),
    ['--listen', settings.listen],
    ['--port', String(settings.port)],
    ...flag('--base-directory', base),
    // Without it ComfyUI 0.33 keeps its database beside its code, whatever the base directory is.
    ...flag('--database-url', base && `sqlite:///${base}/user/comfyui.db`),
    ...flag('--input-directory', settings.inputFolder ?? sharedInput(settings, facts)),
    ...flag('--output-directory', settings.outputFolder),
    // Also the cure for prints of nodes that would stay in Python's buffer until the end.
    ['--log-stdout'],
    ...(hasManager ? [['--enable-manager'] as const] : []),
    ...(usesGpu(settings, facts) ? [] : [['--cpu'] as const]),
  ]
}

// ComfyUI ends on a file that is missing or empty.
function modelPaths({ modelPathsText }: Facts, { layout }: Places): readonly Flag[] {
  const text = modelPathsText?.trim() ?? ''
  return text === '' ? [] : [['--extra-model-paths-config', layout.modelPathsFile]]
}

function sharedInput(settings: Settings, facts: Facts): string | undefined {
  const folder = `${settings.shared}/input`
  return facts.folders.has(folder) ? folder : undefined
}

// argparse takes an abbreviation that only one flag begins with.
function unknown(given: readonly string[], flags: ReadonlySet<string>, version: string | undefined) {
  if (flags.size === 0) return []
  const isKnown = (flag: string) =>
    flags.has(flag) || [...flags].filter((each) => each.startsWith(flag)).length === 1
  return given
    .filter((flag) => flag.length > 2 && flag !== '--help' && !isKnown(flag))
    .map((flag) => new Problem('COMFY_ARG_UNKNOWN', { flag, near: nearest(flag, flags), version }))
}

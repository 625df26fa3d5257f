import type { ImportRecord, NodeImport, WantedNode } from '../../base/node.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { type AboutNodes, currentImports } from './asked.ts'
import { canLeaveOut } from './trial-arguments.ts'
import { unwanted } from './unwanted.ts'

/**
 * Nodes that ComfyUI is started without, by folder, with why in words that go on from «it …»: switched off, not for this
 * machine, or failed and optional. A node that nobody asked us for is left out only when ComfyUI does not start with it: what
 * cannot be imported ComfyUI leaves out by itself. None where this ComfyUI cannot leave out some. Pure.
 */
export function leftOut(settings: Settings, facts: Facts, about: AboutNodes): ReadonlyMap<string, string> {
  if (!canLeaveOut(settings, facts)) return new Map()
  const record = currentImports(settings, facts, about)
  return new Map([
    ...unwanted(settings, facts, about.wanted),
    ...(record === undefined ? [] : leftOutByImport(record, about.wanted)),
  ])
}

/** Of an import's results, the nodes that are left out, by folder, with why. Pure. */
export function leftOutByImport(
  { nodes }: Pick<ImportRecord, 'nodes'>,
  wanted: readonly WantedNode[],
): ReadonlyMap<string, string> {
  const asked = new Set(wanted.map(({ folder }) => folder.toLowerCase()))
  return new Map(
    Object.entries(nodes).flatMap(([folder, found]) => {
      const why = whyOf(found, asked.has(folder.toLowerCase()))
      return why === undefined ? [] : [[folder, why] as const]
    }),
  )
}

/** Nodes with which ComfyUI does not start, by folder, with why. Pure. */
export function breakersOf({ nodes }: Pick<ImportRecord, 'nodes'>): ReadonlyMap<string, string> {
  const breakers = Object.entries(nodes).filter(([, { result }]) => result === 'breaks-start')
  return leftOutByImport({ nodes: Object.fromEntries(breakers) }, [])
}

function whyOf({ result, line }: NodeImport, isWanted: boolean): string | undefined {
  const said = line === undefined ? '' : `: ${line}`
  switch (result) {
    case 'breaks-start':
      return `keeps ComfyUI from starting${said}`
    case 'failed':
      return isWanted ? `cannot be imported${said}` : undefined
    case 'ok':
    case 'not-loaded':
      return undefined
  }
}

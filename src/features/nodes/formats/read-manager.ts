import type { Fields } from '../../../base/json-fields.ts'
import { shortList } from '../../../base/text.ts'
import { mapping, mappings, text } from './fields.ts'
import type { Foreign } from './foreign.ts'
import { type FoundNode, takeNodes } from './found-node.ts'
import { takePackages } from './packages.ts'

/** A snapshot of ComfyUI-Manager: JSON has its parts at the top, YAML below `custom_nodes`; undefined for anything else. */
export function readManager(value: Fields): Foreign | undefined {
  const snapshot = mapping(value.custom_nodes) ?? value
  const git = mapping(snapshot.git_custom_nodes)
  const registry = mapping(snapshot.cnr_custom_nodes)
  if (git === undefined && registry === undefined) return undefined
  const nodes = takeNodes([
    ...Object.entries(git ?? {}).map(([url, about]) => gitNode(url, mapping(about) ?? {})),
    ...Object.entries(registry ?? {}).map(
      ([id, version]): FoundNode => ({ kind: 'registry', id, version: text(version), enabled: true }),
    ),
  ])
  const packages = takePackages(linesOf(mapping(snapshot.pips) ?? {}))
  const commit = text(snapshot.comfyui)
  return {
    format: 'manager',
    entries: nodes.entries,
    locked: nodes.locked,
    packages: packages.packages,
    comfyui: commit === undefined ? undefined : { commit },
    notes: [...nodes.notes, ...fileNotes(mappings(snapshot.file_custom_nodes)), ...packages.notes],
  }
}

function gitNode(url: string, { hash, disabled }: Fields): FoundNode {
  return { kind: 'git', url, commit: text(hash), enabled: disabled !== true }
}

// A package from an address has that as its value.
function linesOf(pips: Fields): readonly string[] {
  return Object.entries(pips).map(([name, from]) => {
    const address = text(from)
    return address === undefined ? name : `${name} @ ${address}`
  })
}

function fileNotes(files: readonly Fields[]): readonly string[] {
  const names = files.flatMap(({ filename }) => text(filename) ?? [])
  return names.length === 0
    ? []
    : [`Nodes of a single file come from nowhere; copy them into custom_nodes by hand: ${shortList(names)}.`]
}

import type { Fields } from '../../../base/json-fields.ts'
import { shortList } from '../../../base/text.ts'
import { mapping, mappings, text } from './fields.ts'
import type { Foreign } from './foreign.ts'
import { type FoundNode, takeNodes } from './found-node.ts'
import { takePackages } from './packages.ts'

/** What a definition of comfy-cli says it is. */
export const DEFINITION_SCHEMA = 'distribution-definition/0'

/** A definition as `comfy build scan` writes it, by itself or inside of what the program prints with --json; undefined for anything else. */
export function readComfyCli(value: Fields): Foreign | undefined {
  const definition = mapping(value.definition) ?? mapping(mapping(value.data)?.definition) ?? value
  const { schema, baseComfyVersion, pipDependencies, models } = definition
  const isNamed = typeof schema === 'string' && schema.startsWith('distribution-definition/')
  const isShaped =
    Array.isArray(definition.customNodes) && (baseComfyVersion !== undefined || Array.isArray(models))
  if (!isNamed && !isShaped) return undefined
  const list = mappings(definition.customNodes)
  const nodes = takeNodes(list.flatMap((each) => nodeIn(each) ?? []))
  const packages = takePackages((text(pipDependencies) ?? '').split('\n'))
  const count = mappings(models).length
  return {
    format: 'comfy-cli',
    entries: nodes.entries,
    locked: nodes.locked,
    packages: packages.packages,
    comfyui: comfyuiOf(text(baseComfyVersion)),
    notes: [
      ...nodes.notes,
      ...localNotes(list),
      ...packages.notes,
      ...(count > 0 ? [`Models are not nodes: ${count} of them are left out.`] : []),
    ],
  }
}

// Where a node has both, the registry’s release is only what its files say of themselves; the commit is what was there.
function nodeIn(node: Fields): FoundNode | undefined {
  const folder = text(node.name)
  const version = text(node.registryVersion)
  const id = text(node.id) ?? folder
  if (version !== undefined && id !== undefined && node.source !== 'git')
    return { kind: 'registry', id, version, folder, enabled: true }
  const url = text(node.repository)
  if (url === undefined || node.source === 'local') return undefined
  return { kind: 'git', url, commit: text(node.gitRef) ?? text(node.commit), folder, enabled: true }
}

function comfyuiOf(version: string | undefined): Foreign['comfyui'] {
  if (version === undefined) return undefined
  return /^[0-9a-f]{40}$/.test(version) ? { commit: version } : { version: version.replace(/^v/, '') }
}

function localNotes(list: readonly Fields[]): readonly string[] {
  const left = list.filter((each) => nodeIn(each) === undefined)
  const names = left.map(({ name }) => text(name) ?? 'one without a name')
  return names.length === 0
    ? []
    : [`These nodes come from nowhere; copy them into custom_nodes by hand: ${shortList(names)}.`]
}

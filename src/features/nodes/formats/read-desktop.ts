import type { Fields } from '../../../base/json-fields.ts'
import { shortList } from '../../../base/text.ts'
import { mapping, mappings, text } from './fields.ts'
import type { Foreign } from './foreign.ts'
import { type FoundNode, takeNodes } from './found-node.ts'
import { takePackages } from './packages.ts'

/** What an export of Comfy Desktop says it is. */
export const DESKTOP_TYPE = 'comfyui-desktop-2-snapshot'

/** An export of Comfy Desktop, version 1 or 2, or one of its snapshots by itself; undefined for anything else. */
export function readDesktop(value: Fields): Foreign | undefined {
  const isExport = value.type === DESKTOP_TYPE
  const isSnapshot = Array.isArray(value.customNodes) && mapping(value.pipPackages) !== undefined
  if (!isExport && !isSnapshot) return undefined
  // The newest comes first in an export.
  const all = isExport ? mappings(value.snapshots) : [value]
  const snapshot = all[0] ?? {}
  const list = mappings(snapshot.customNodes)
  const nodes = takeNodes(list.flatMap((each) => nodeIn(each) ?? []))
  const pips = Object.entries(mapping(snapshot.pipPackages) ?? {})
  const packages = takePackages(pips.map(([name, version]) => `${name}==${text(version) ?? ''}`))
  return {
    format: 'desktop',
    entries: nodes.entries,
    locked: nodes.locked,
    packages: packages.packages,
    comfyui: comfyuiOf(mapping(snapshot.comfyui) ?? {}),
    notes: [
      ...(all.length > 1 ? [`Of ${all.length} snapshots the newest is taken, ${whenOf(snapshot)}.`] : []),
      ...nodes.notes,
      ...fileNotes(list),
      ...packages.notes,
    ],
  }
}

function nodeIn({ type, id, dirName, enabled, version, commit, url }: Fields): FoundNode | undefined {
  const about = { folder: text(dirName), enabled: enabled !== false }
  const address = text(url)
  if (type === 'git' && address !== undefined)
    return { ...about, kind: 'git', url: address, commit: text(commit) }
  const name = text(id) ?? text(dirName)
  if (type === 'cnr' && name !== undefined)
    return { ...about, kind: 'registry', id: name, version: text(version) }
  return undefined
}

function comfyuiOf({ commit, baseTag, releaseTag, ref }: Fields): Foreign['comfyui'] {
  const tag = [text(baseTag), text(releaseTag), text(ref)].find((each) => /^v?\d+\.\d/.test(each ?? ''))
  const whole = text(commit)
  if (tag === undefined && whole === undefined) return undefined
  return {
    ...(tag === undefined ? {} : { version: tag.replace(/^v/, '') }),
    ...(whole === undefined ? {} : { commit: whole }),
  }
}

function whenOf({ createdAt, label }: Fields): string {
  return [text(createdAt), text(label)].filter((each) => each !== undefined).join(', ')
}

function fileNotes(list: readonly Fields[]): readonly string[] {
  const left = list.filter((each) => nodeIn(each) === undefined)
  const names = left.map(({ dirName, id }) => text(dirName) ?? text(id) ?? 'one without a name')
  return names.length === 0
    ? []
    : [`These nodes come from nowhere; copy them into custom_nodes by hand: ${shortList(names)}.`]
}

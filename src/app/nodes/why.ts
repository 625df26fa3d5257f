import { Problem } from '../../base/problem.ts'
import { nearest } from '../../base/text.ts'
import { packageName } from '../../facts/distributions.ts'
import type { Facts } from '../../facts/facts.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import { packageSources } from '../../features/nodes/package-sources.ts'
import type { Host } from '../../host/host.ts'
import { ask } from '../ask.ts'
import type { Input } from '../input.ts'
import { glance } from '../workspace/glance.ts'
import type { Receipt } from './receipts.ts'
import { type NodesScene, receiptsOf, sceneOf } from './view.ts'

/** A requirement of a node as it stands in its file, or in the manifest. */
export type RequirementLine = { readonly folder: string; readonly file: string; readonly line: string }

/** All about one node, or one Python package; JSON as it is. */
export type Why =
  | { readonly kind: 'node'; readonly node: Receipt; readonly requirements: readonly RequirementLine[] }
  | {
      readonly kind: 'package'
      readonly name: string
      /** In the overlay, which comes first; undefined where it is not there. */
      readonly installed: string | undefined
      /** In the image. */
      readonly image: string | undefined
      /** Folders of the nodes that led to it. */
      readonly for: readonly string[]
      readonly lines: readonly RequirementLine[]
    }

/** Finds a node by its folder or else a package by its name. Throws NODE_UNKNOWN with the nearest name. */
export async function whyNode(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
  name: string,
): Promise<Why> {
  const { settings } = await ask(host, input)
  const scene = sceneOf(settings, await glance(host, settings))
  const all = receiptsOf(scene)
  const lines = await readRequirements(host, scene)
  const node = all.find(({ folder }) => folder.toLowerCase() === name.toLowerCase())
  if (node !== undefined)
    return { kind: 'node', node, requirements: lines.filter(({ folder }) => folder === node.folder) }
  const found = packageOf(scene.facts, packageName(name))
  const asking = lines.filter(({ line }) => nameIn(line) === packageName(name))
  if (found !== undefined || asking.length > 0)
    return {
      kind: 'package',
      name: packageName(name),
      ...{ installed: undefined, image: undefined, for: [], ...found },
      lines: asking,
    }
  const known = [...all.map(({ folder }) => folder), ...(scene.facts.packages?.versions.keys() ?? [])]
  throw new Problem('NODE_UNKNOWN', { name, near: nearest(name, known), what: 'node or package' })
}

function packageOf({ packages }: Facts, name: string) {
  const pin = packages?.current?.record.packages.find((each) => packageName(each.name) === name)
  const image = packages?.versions.get(name)
  if (pin === undefined && image === undefined) return undefined
  return { installed: pin?.version, image, for: pin?.for ?? [] }
}

/** Longest file of requirements that is looked at, bytes. */
const MOST_BYTES = 1024 * 1024

async function readRequirements(
  { fs }: Host,
  { settings, facts, places, wanted }: NodesScene,
): Promise<readonly RequirementLine[]> {
  const sources = packageSources(settings, facts, { places, wanted })
  const read = sources.map(async ({ folder, requirements, requirementFiles }) => {
    if (requirements !== undefined)
      return requirements.map((line) => ({ folder, file: 'nodes.yaml', line: line.trim() }))
    const files = requirementFiles.map(async (file) => {
      const text = await orAbsent(fs.readText(file, MOST_BYTES))
      return linesIn(text ?? '').map((line) => ({ folder, file, line }))
    })
    return (await Promise.all(files)).flat()
  })
  return (await Promise.all(read)).flat()
}

function linesIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}

function nameIn(line: string): string | undefined {
  const [name] = /^[A-Za-z0-9][\w.-]*/.exec(line) ?? []
  return name === undefined ? undefined : packageName(name)
}

import { packageName } from '../../facts/distributions.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import type { ImageLine } from './image-requirements.ts'
import { parsePin } from './pin.ts'
import { requirementLines } from './requirement-lines.ts'
import { isBroken } from './satisfied.ts'

/** What no node may replace. */
export type Held = {
  /** By name: held at one version. */
  readonly pins: ReadonlyMap<string, string>
  /** Those and what ComfyUI asks for, as a constraints file. */
  readonly lines: readonly string[]
  /** What the image's packages ask of one another. */
  readonly image: readonly ImageLine[]
  /** What the image has, by name. */
  readonly versions: ReadonlyMap<string, string>
}

/** All that is held as a constraints file, but for what packages ask that are replaced themselves. Pure. */
export function constraintLines(held: Held, replaced: ReadonlySet<string>): readonly string[] {
  const image = held.image.filter(({ by }) => !replaced.has(by.name)).map(({ text }) => text)
  return [...new Set([...held.lines, ...image])]
}

/** The image's packages that cannot stay as they are where such lines are to be met. Pure. */
export function replacedBy(lines: readonly string[], { versions }: Held): ReadonlySet<string> {
  const all = lines.flatMap((line) => requirementLines(line, ''))
  const broken = all.filter((each) => 'name' in each && !each.text.includes(';') && isBroken(each, versions))
  return new Set(broken.flatMap((each) => ('name' in each ? [packageName(each.name)] : [])))
}

/** Built for one another, for CUDA and for the card; another build of one of them breaks ComfyUI. */
const FAMILY =
  /^(torch(vision|audio|sde)?|xformers|numpy|(pytorch-)?triton(-.+)?|nvidia-.+|cuda-(bindings|pathfinder|toolkit|python))$/

/**
 * The image's torch and what belongs to it, what its constraints file names, and what ComfyUI pins, each at the version that the
 * image has; other lines of ComfyUI’s requirements and of that file hold as they are. Pure.
 */
export function heldPackages(
  packages: PackagesFacts,
  comfyRequirements: string | undefined,
  image: readonly ImageLine[],
): Held {
  const lines = [packages.constraints ?? '', comfyRequirements ?? ''].flatMap((text) =>
    requirementLines(text, '').flatMap((each) => ('name' in each && each.isPlain ? [each] : [])),
  )
  const pinned = lines.flatMap(({ text }) => parsePin(text) ?? [])
  const names = new Set([
    ...[...packages.versions.keys()].filter((name) => FAMILY.test(name)),
    ...pinned.map(({ name }) => name),
  ])
  const pins = new Map(
    [...names].sort().flatMap((name) => {
      const version = versionOf(name, packages) ?? pinned.find((pin) => pin.name === name)?.version
      return version === undefined ? [] : [[name, version] as const]
    }),
  )
  const loose = lines.filter(({ name, versions }) => versions !== '' && !pins.has(packageName(name)))
  return {
    pins,
    lines: [
      ...[...pins].map(([name, version]) => `${name}==${version}`),
      ...new Set(loose.map(({ name, versions }) => `${packageName(name)}${versions}`)),
    ],
    image: image.filter(({ name }) => !pins.has(name)),
    versions: packages.versions,
  }
}

/** Names from which on the image's packages are held to what they ask of one another: ComfyUI's, and those of the family. Pure. */
export function rootsOf(
  { constraints, versions }: PackagesFacts,
  comfyRequirements: string | undefined,
): readonly string[] {
  const lines = [constraints ?? '', comfyRequirements ?? ''].flatMap((text) => requirementLines(text, ''))
  const asked = lines.flatMap((each) => ('name' in each ? [each.name] : []))
  return [...asked, ...[...versions.keys()].filter((name) => FAMILY.test(name))]
}

// What its metadata says counts for an installer: torch from PyPI calls itself 2.11.0+cu130 there and is 2.11.0 to pip.
function versionOf(name: string, { identity, versions }: PackagesFacts): string | undefined {
  const version = versions.get(name) ?? (name === 'torch' ? identity.torch : undefined)
  return version !== undefined && /^\d[\w.!+]*$/.test(version) && !version.includes('_') ? version : undefined
}

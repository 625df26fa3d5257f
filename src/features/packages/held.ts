import { packageName } from '../../facts/distributions.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import { parsePin } from './pin.ts'
import { requirementLines } from './requirement-lines.ts'

/** What no node may replace. */
export type Held = {
  /** By name: held at one version. */
  readonly pins: ReadonlyMap<string, string>
  /** All of it as a constraints file. */
  readonly lines: readonly string[]
}

/** Built for one another, for CUDA and for the card; another build of one of them breaks ComfyUI. */
const FAMILY =
  /^(torch(vision|audio|sde)?|xformers|numpy|(pytorch-)?triton(-.+)?|nvidia-.+|cuda-(bindings|pathfinder|toolkit|python))$/

/**
 * The image's torch and what belongs to it, what its constraints file names, and what ComfyUI pins, each at the version that the
 * image has; other lines of ComfyUI’s requirements and of that file hold as they are. Pure.
 */
export function heldPackages(packages: PackagesFacts, comfyRequirements: string | undefined): Held {
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
  }
}

// What its metadata says counts for an installer: torch from PyPI calls itself 2.11.0+cu130 there and is 2.11.0 to pip.
function versionOf(name: string, { identity, versions }: PackagesFacts): string | undefined {
  const version = versions.get(name) ?? (name === 'torch' ? identity.torch : undefined)
  return version !== undefined && /^\d[\w.!+]*$/.test(version) && !version.includes('_') ? version : undefined
}

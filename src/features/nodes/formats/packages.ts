import type { PackagePin } from '../../../base/node.ts'
import { shortList } from '../../../base/text.ts'

/** Packages as pins, and what of them could not be carried over. */
export type TakenPackages = { readonly packages: readonly PackagePin[]; readonly notes: readonly string[] }

/** Those that belong to an image, with its CUDA: elsewhere they would be the wrong build. */
const OF_IMAGE =
  /^(torch|torchvision|torchaudio|torchsde|pytorch-triton.*|triton.*|nvidia-.*|xformers|pip|setuptools|wheel)$/

/** Takes lines as `pip freeze` writes them: `name==version` are pins, all else is told in notes. */
export function takePackages(lines: readonly string[]): TakenPackages {
  const written = lines
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => !/^(#|$)/.test(line))
  const pins = written.map(pinIn)
  const known = pins.filter((each) => each !== undefined)
  const own = known.filter(({ name }) => OF_IMAGE.test(nameKey(name)))
  const strange = written.filter((_, at) => pins[at] === undefined)
  return {
    packages: known.filter((each) => !own.includes(each)),
    notes: [
      ...(own.length === 0
        ? []
        : [`Not carried over, since they belong to the image: ${shortList(own.map(textOf))}.`]),
      ...(strange.length === 0
        ? []
        : [`Not carried over, since they name no version: ${shortList(strange.map(shown))}.`]),
    ],
  }
}

/** A pin as pip writes it. */
export function textOf({ name, version }: Pick<PackagePin, 'name' | 'version'>): string {
  return `${name}==${version}`
}

function pinIn(line: string): PackagePin | undefined {
  const [, name, version] = /^([A-Za-z0-9][\w.-]*)\s*==\s*([\w.!+-]+)\s*(?:;.*)?$/.exec(line) ?? []
  return name === undefined || version === undefined ? undefined : { name, version, for: [] }
}

function nameKey(name: string): string {
  return name.toLowerCase().replace(/[._-]+/g, '-')
}

// A direct address may hold a token; the name in front of it is enough.
function shown(line: string): string {
  return /^[A-Za-z0-9][\w.-]*/.exec(line)?.[0] ?? 'a line without a name'
}

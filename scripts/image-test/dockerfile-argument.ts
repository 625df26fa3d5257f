import { readFileSync } from 'node:fs'
import { pairsOf, readDockerfile } from '../docs/dockerfile.ts'

/** The default of a build argument in a Dockerfile, the first where there are several; undefined where it has none. */
export function dockerfileArgument(file: string, name: string): string | undefined {
  return readDockerfile(readFileSync(file, 'utf8'))
    .filter(({ keyword }) => keyword === 'ARG')
    .flatMap(({ text }) => pairsOf(text))
    .find((pair) => pair.name === name && pair.value !== undefined)?.value
}

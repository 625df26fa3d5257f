import { readFileSync } from 'node:fs'
import { ofImage, pairsOf, readDockerfile } from '../../scripts/docs/dockerfile.ts'

/** What a Dockerfile promises of its image. */
export type DockerfileWords = {
  /** `8188/tcp`, sorted. */
  readonly ports: readonly string[]
  readonly labels: readonly string[]
  readonly variables: readonly string[]
}

/** Reads what EXPOSE, LABEL and ENV of a Dockerfile say about its image. */
export function dockerfileWords(file: string): DockerfileWords {
  const instructions = ofImage(readDockerfile(readFileSync(file, 'utf8')))
  const all = (word: string) => instructions.filter(({ keyword }) => keyword === word).map(({ text }) => text)
  const names = (word: string) => all(word).flatMap((text) => pairsOf(text).map(({ name }) => name))
  const ports = all('EXPOSE').flatMap((text) => text.split(' ').map(withProtocol))
  return { ports: ports.toSorted(), labels: names('LABEL'), variables: names('ENV') }
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import * as z from 'zod/mini'
import { readBakeFile } from '../../scripts/docs/bake-file.ts'
import { type Instruction, ofImage, pairsOf, readDockerfile } from '../../scripts/docs/dockerfile.ts'
import { optionKeys, optionOf, options } from '../../src/settings/settings.ts'

/** The repository's folder. */
export const TOP = join(import.meta.dirname, '../..')

/** A file of the repository. */
export function read(path: string): string {
  return readFileSync(join(TOP, path), 'utf8')
}

/** A YAML file of one document, its merge keys merged. */
export function readYaml(path: string) {
  return parse(read(path), { merge: true })
}

/** The documents of a YAML file. */
export function readAllYaml(path: string) {
  return parseAllDocuments(read(path)).map((each) => each.toJS())
}

/** All image names with tags that the bake file makes. */
export function imageTags(): readonly string[] {
  return readBakeFile(read('docker/docker-bake.hcl')).flatMap(({ tags }) => tags)
}

/** Names that comfy-init reads from the environment: settings, their aliases, and the file forms of secrets. */
export const settingNames: ReadonlySet<string> = new Set(
  optionKeys.map(optionOf).flatMap(({ env, aliases = [], secret }) => {
    const names = [env, ...aliases]
    return [...names, ...(secret ? names.map((each) => `${each}_FILE`) : [])]
  }),
)

/** Whether a name is that of a secret’s variable. */
export function isSecret(name: string): boolean {
  return optionKeys.map(optionOf).some(({ env, aliases = [], secret }) => {
    return secret === true && [env, ...aliases].includes(name)
  })
}

/** A duration as settings write it, in milliseconds. */
export function durationMs(text: string): number {
  return z.parse(options.stopGraceMs.schema, text)
}

/** The longest time from the request to stop until everything has ended, in milliseconds, by the settings in an environment. */
export function stopMs(environment: Readonly<Record<string, string | null>>): number {
  const { COMFY_DRAIN_S, COMFY_STOP_GRACE } = environment
  return durationMs(COMFY_DRAIN_S ?? 'none') + durationMs(COMFY_STOP_GRACE ?? 'none')
}

/** What both images say: their ports, their variables, their health check. */
export const images = ['Dockerfile.cpu', 'Dockerfile.cuda'].map((file) => {
  const instructions = ofImage(readDockerfile(read(file)))
  const all = (keyword: string): readonly Instruction[] =>
    instructions.filter((each) => each.keyword === keyword)
  return {
    file,
    ports: all('EXPOSE').flatMap(({ text }) => text.split(' ').map(Number)),
    variables: all('ENV').flatMap(({ text }) => pairsOf(text).map(({ name }) => name)),
    health: healthOf(all('HEALTHCHECK')[0]?.text ?? ''),
  }
})

function healthOf(text: string) {
  const flag = (name: string) => new RegExp(`--${name}=(\\S+)`).exec(text)?.[1]
  return {
    test: ['CMD', ...JSON.parse(/CMD (.+)$/.exec(text)?.[1] ?? '[]')],
    interval: flag('interval'),
    timeout: flag('timeout'),
    start_period: flag('start-period'),
  }
}

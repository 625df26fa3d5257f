import { Problem } from '../base/problem.ts'
import type { Option } from './option.ts'
import { type OptionKey, optionKeys, optionOf } from './settings.ts'
import type { Env, Given, Written } from './written.ts'

/** Values of one option in the environment: canonical name first, then its aliases in table order. */
export function givenInEnvironment(key: OptionKey, written: Written, problems: Problem[]): readonly Given[] {
  const option = optionOf(key)
  return namesOf(option).flatMap((name) => {
    if (option.secret) return secretOf(name, written, problems) ?? []
    const text = written.env[name]
    // An empty variable is an unset one, as compose files pass them on; only a list can be meant to be empty.
    const isUnset = text?.trim() === '' && !(option.list && name === option.env)
    if (text === undefined || isUnset) return []
    if (!isServiceLink(text)) return { text, origin: { from: 'env', name } }
    problems.push(new Problem('SERVICE_LINK_IGNORED', { name, service: serviceOf(name) }))
    return []
  })
}

/** Files named by the `…_FILE` variables of secrets, for the caller to read. */
export function secretFilePaths(env: Env): readonly string[] {
  return optionKeys
    .map(optionOf)
    .filter((option) => option.secret)
    .flatMap(namesOf)
    .flatMap((name) => env[`${name}_FILE`] || [])
}

/** Every variable that some option is read from. */
export function allNames(): readonly string[] {
  return optionKeys
    .map(optionOf)
    .flatMap((option) => namesOf(option).flatMap((name) => (option.secret ? [name, `${name}_FILE`] : [name])))
}

/** True for what Kubernetes and Docker links put into COMFY_PORT beside a service «comfy»: `tcp://10.0.0.7:8188`. */
export function isServiceLink(text: string): boolean {
  return /^(tcp|udp|sctp):\/\//.test(text)
}

function namesOf(option: Option<unknown>): readonly string[] {
  return [option.env, ...(option.aliases ?? [])]
}

function secretOf(name: string, { env, secretFiles }: Written, problems: Problem[]): Given | undefined {
  const text = env[name]?.trim() || undefined
  const path = env[`${name}_FILE`] || undefined
  if (path === undefined) return text === undefined ? undefined : { text, origin: { from: 'env', name } }
  if (text !== undefined) {
    problems.push(new Problem('SECRET_TWICE', { name }))
    return undefined
  }
  const held = secretFiles(path)?.trim()
  if (held) return { text: held, origin: { from: 'env', name: `${name}_FILE` } }
  const state = held === undefined ? 'unreadable' : 'empty'
  problems.push(new Problem('SECRET_FILE_UNUSABLE', { name: `${name}_FILE`, path, state }))
  return undefined
}

function serviceOf(name: string): string {
  return name
    .replace(/_PORT$/, '')
    .toLowerCase()
    .replaceAll('_', '-')
}

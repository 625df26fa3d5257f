import { type Secret, secret } from '../../base/secret.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Settings } from '../../settings/settings.ts'

/** Names of variables that hold what nobody else may know. */
const NAMES = /TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY|ACCESS_?KEY|CREDENTIAL/i

/** What is shorter is no secret, and would be found in every other word. */
const LEAST_LENGTH = 6

/** All secrets that services could print: those of the settings, and what their variables hold by its name. */
export function secretsOf(settings: Settings, specs: readonly Pick<ServiceSpec, 'env'>[]): readonly Secret[] {
  const known = Object.values(settings).filter(isSecret)
  const held = specs
    .flatMap(({ env }) => Object.entries(env))
    .filter(([name, value]) => NAMES.test(name) && value.length >= LEAST_LENGTH && !value.startsWith('/'))
    .map(([, value]) => secret(value))
  return [...known, ...held]
}

function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && 'reveal' in value
}

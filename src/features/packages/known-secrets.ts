import { type Secret, secret } from '../../base/secret.ts'
import type { Settings } from '../../settings/settings.ts'

/** Names of variables that hold what nobody else may know. */
const NAMES = /TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY|ACCESS_?KEY|CREDENTIAL/i

/** `user:password` of an address. */
const LOGIN = /\b[a-z][a-z+]*:\/\/([^\s/@]+(?::\S*?)?)@/gi

/** What is shorter is no secret, and would be found in every other word. */
const LEAST_LENGTH = 6

/** All that what programs print about packages must not show: secrets of the settings, of the container's variables, and of addresses in them. */
export function knownSecrets(
  settings: Settings,
  container: Readonly<Record<string, string | undefined>>,
): readonly Secret[] {
  const ours = Object.values(settings).filter(isSecret)
  const named = Object.entries(container).flatMap(([name, value = '']) =>
    NAMES.test(name) && !value.startsWith('/') ? [value] : [],
  )
  const texts = [
    ...ours.map((each) => each.reveal()),
    ...Object.values(container).map((value) => value ?? ''),
  ]
  const all = [...named, ...texts.flatMap(loginsIn)].filter((value) => value.length >= LEAST_LENGTH)
  // The longest first: what is a part of another would leave the rest of it.
  return [...ours, ...[...new Set(all)].map(secret)].sort((a, b) => b.reveal().length - a.reveal().length)
}

// As written, and as it is sent.
function loginsIn(text: string): readonly string[] {
  return [...text.matchAll(LOGIN)].flatMap(([, login = '']) => {
    const password = login.replace(/^[^:]*:/, '')
    return [password, decoded(password)]
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && 'reveal' in value
}

import { type Secret, secret } from '../../../base/secret.ts'

/** One of git's settings that lets it in at a host, and the texts that must not be shown. */
export type HostHeader = {
  readonly name: string
  readonly value: string
  readonly secrets: readonly Secret[]
}

/** Settings for addresses like `https://user:token@host`, with spaces between; what is no such address is passed over. */
export function headersFor(credentials: Secret | undefined): readonly HostHeader[] {
  return (credentials?.reveal() ?? '').split(/\s+/).flatMap((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}` === '')
      return []
    const [user, password] = [decoded(url.username), decoded(url.password)]
    const basic = Buffer.from(`${user}:${password}`).toString('base64')
    return [
      {
        name: `http.${url.protocol}//${url.host}${url.pathname}.extraHeader`,
        value: `Authorization: Basic ${basic}`,
        secrets: [secret(basic), secret(password === '' ? user : password), secret(url.password)],
      },
    ]
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

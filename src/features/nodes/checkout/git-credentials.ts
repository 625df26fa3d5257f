import { type Secret, secret } from '../../../base/secret.ts'

/** Git's settings that let it in at a host, and the texts that must not be shown. */
export type HostHeader = {
  readonly settings: readonly (readonly [name: string, value: string])[]
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
    const at = `http.${url.protocol}//${url.host}${url.pathname}`
    return [
      {
        // It would go along to wherever that host leads.
        settings: [
          [`${at}.extraHeader`, `Authorization: Basic ${basic}`],
          [`${at}.followRedirects`, 'false'],
        ],
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

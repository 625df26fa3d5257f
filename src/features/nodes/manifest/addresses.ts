import type { Fault } from './fault.ts'

/** Nodes known by their name alone; keys in lower case. */
const KNOWN: Readonly<Record<string, string>> = {
  'comfyui-manager': 'https://github.com/Comfy-Org/ComfyUI-Manager',
  comfyui_controlnet_aux: 'https://github.com/Fannovel16/comfyui_controlnet_aux',
}

const GIT_SCHEMES = ['https', 'http', 'ssh', 'git', 'file']
const ZIP_SCHEMES = ['https', 'http', 'file']

/** An address and what follows its last `@`; in a URL the `@` of `git@host` comes before the path, that of a ref within it. */
export function splitRef(text: string): { readonly address: string; readonly ref: string | undefined } {
  const start = /^\w+:\/\/[^/]*/.exec(text)?.[0].length ?? 0
  const at = text.indexOf('@', start)
  if (at < 0) return { address: text, ref: undefined }
  return { address: text.slice(0, at), ref: text.slice(at + 1) }
}

/** The repository that a known name, `owner/repository` or a URL means. */
export function gitUrl(address: string): string | Fault {
  const known = KNOWN[address.toLowerCase()]
  if (known !== undefined) return known
  if (isShorthand(address)) return `https://github.com/${address}`
  return checkUrl(address, GIT_SCHEMES)
}

/** The URL of an archive. */
export function zipUrl(address: string): string | Fault {
  return checkUrl(address, ZIP_SCHEMES)
}

function isShorthand(address: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(address)
}

/** A branch, a tag or a commit that git does not take for an option or a range. */
export function refFault(ref: string): string | undefined {
  const isRef = /^[A-Za-z0-9_][\w./+#-]*$/.test(ref) && !ref.includes('..') && !/[/.]$/.test(ref)
  return isRef ? undefined : `«${ref}» is no branch, tag or commit.`
}

/** Names of a query’s values that open a door. */
const SECRET_NAMES = /token|secret|signature|^sig$|passw|^pwd$|api[-_]?key|^key$|auth|credential/i

/** Whether a URL shows a password or a token; the user of an ssh address is none. */
export function hasSecret(url: string): boolean {
  const [, ...queries] = url.split(QUERY)
  return hasUser(url) || queries.some(isSecret)
}

/** The URL without user, password and the parts of its query that open a door. */
export function withoutSecret(url: string): string {
  const [address = '', ...queries] = (hasUser(url) ? withoutUser(url) : url).split(QUERY)
  const open = queries.filter((each) => !isSecret(each)).join('')
  return `${address}${open.replace(/^&/, '?')}`
}

/** Before each part of a query, and before the mark at the end. */
const QUERY = /(?=[?#&])/

function isSecret(query: string): boolean {
  return SECRET_NAMES.test(query.slice(1).split('=', 1)[0] ?? '')
}

// Also of what is no address yet: a slip in one must not bring its password into a log or a file.
function hasUser(url: string): boolean {
  const plain = url.replace(/^ssh:\/\/[\w.-]+@/, 'ssh://')
  if (/^\w+:\/\/[^/]*@/.test(plain)) return true
  if (plain.includes('@') && /^\w+:\/\/[^/@:[]*:(?!\d*(\/|$))/.test(plain)) return true
  const address = plain.split(QUERY)[0] ?? ''
  const before = address.slice(0, Math.max(0, address.lastIndexOf('@')))
  return before.includes(':') && !HARMLESS.test(before)
}

/** What stands before a ref, where no password does. */
const HARMLESS = /^(\/.*|\w+:\/\/([\w.-]*|\[[\da-f:.]+\])(:\d+)?\/[^:]*|git@[\w.-]+:[^:]*)$/i

// A password may have / and @ in it: the host begins after the last @. The user of an ssh address is asked for by its host.
function withoutUser(url: string): string {
  const [, scheme = '', rest = ''] = /^(\w+:\/+)?(.*)$/s.exec(url) ?? []
  const [address = ''] = rest.split(QUERY)
  const end = (address.includes('@') ? address : rest).lastIndexOf('@') + 1
  const [, user] = /^([\w.-]+):/.exec(rest) ?? []
  const kept = scheme === 'ssh://' && user !== undefined ? `${user}@` : ''
  return `${scheme}${kept}${rest.slice(end)}`
}

/** A part of a path that leads elsewhere. */
const DOTS = /^\w+:\/\/[^?#]*\/(\.|%2e){1,2}(?=[/?#]|$)/i

function checkUrl(address: string, schemes: readonly string[]): string | Fault {
  if (hasSecret(address)) return { fault: 'It holds a password or a token.', secret: true }
  if (/[\s\p{Cc}]/u.test(address)) return { fault: 'An address has no blanks in it.' }
  if (DOTS.test(address)) return { fault: 'An address has no . or .. as a part of its path.' }
  const scheme = /^(\w+):\/\/[^/]*\/+[^/]/.exec(address)?.[1]
  if (scheme !== undefined && schemes.includes(scheme)) return address.replace(/\/+$/, '')
  if (address.includes('://'))
    return { fault: `An address is ${schemes.join('://, ')}:// with a host and a path.` }
  const [, host, path] = /^(?:\w+@)?([\w.-]+):([^/@][^@]*)$/.exec(address) ?? []
  if (host !== undefined)
    return {
      fault: `An address begins with a scheme, like https:// or ssh://git@: ssh://git@${host}/${path}`,
    }
  return { fault: 'It is neither owner/repository nor an address.' }
}

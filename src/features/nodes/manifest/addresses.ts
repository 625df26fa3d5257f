import { redact } from '../../../base/secret.ts'
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
  const [address = '', ...queries] = url.split(QUERY)
  return hasUser(address) || queries.some(isSecret)
}

/** The URL without user, password and the parts of its query that open a door. */
export function withoutSecret(url: string): string {
  const [address = '', ...queries] = url.split(QUERY)
  const open = queries.filter((each) => !isSecret(each)).join('')
  return `${hasUser(address) ? withoutUser(address) : address}${open.replace(/^&/, '?')}`
}

/** Before each part of a query, and before the mark at the end. */
const QUERY = /(?=[?#&])/

function isSecret(query: string): boolean {
  return SECRET_NAMES.test(query.slice(1).split('=', 1)[0] ?? '')
}

function hasUser(address: string): boolean {
  const plain = address.replace(/^ssh:\/\/[\w.-]+@/, 'ssh://')
  return redact(plain) !== plain
}

// A password may have / and @ in it: the host begins after the last @, as `redact` takes it.
function withoutUser(address: string): string {
  const [, scheme = '', rest = ''] = /^(\w+:\/\/)(.*)$/s.exec(address) ?? []
  return `${scheme}${rest.slice(rest.lastIndexOf('@') + 1)}`
}

function checkUrl(address: string, schemes: readonly string[]): string | Fault {
  if (hasSecret(address)) return { fault: 'It holds a password or a token.', secret: true }
  if (/[\s\p{Cc}]/u.test(address)) return { fault: 'An address has no blanks in it.' }
  const scheme = /^(\w+):\/\/[^/]*\/+[^/]/.exec(address)?.[1]
  if (scheme !== undefined && schemes.includes(scheme)) return address.replace(/\/+$/, '')
  if (address.includes('://'))
    return { fault: `An address is ${schemes.join('://, ')}:// with a host and a path.` }
  const [, host, path] = /^(?:\w+@)?([\w.-]+):([^/].*)$/.exec(address) ?? []
  if (host !== undefined)
    return {
      fault: `An address begins with a scheme, like https:// or ssh://git@: ssh://git@${host}/${path}`,
    }
  return { fault: 'It is neither owner/repository nor an address.' }
}

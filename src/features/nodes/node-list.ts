import { Problem } from '../../base/problem.ts'
import { redact } from '../../base/secret.ts'

/** A node to clone: its folder's name, where from, and the branch, tag or 40-digit commit when one was named. */
export type WantedNode = { readonly name: string; readonly url: string; readonly ref: string | undefined }

/** Nodes known by their name alone; keys in lower case. */
const KNOWN: Readonly<Record<string, string>> = {
  'comfyui-manager': 'https://github.com/Comfy-Org/ComfyUI-Manager',
  comfyui_controlnet_aux: 'https://github.com/Fannovel16/comfyui_controlnet_aux',
}

const SCHEMES = ['https', 'http', 'ssh', 'git', 'file']

/** Reads COMFY_NODES: known names, `owner/repository` or a URL, each with `@ref` where wanted. Every bad entry is a problem. */
export function readNodeList(entries: readonly string[]): {
  readonly wanted: readonly WantedNode[]
  readonly problems: readonly Problem[]
} {
  const wanted = new Map<string, WantedNode>()
  const problems: Problem[] = []
  for (const entry of entries) {
    const read = readEntry(entry)
    const twin = typeof read === 'string' ? undefined : wanted.get(read.name.toLowerCase())
    const reason =
      typeof read === 'string' ? read : twin !== undefined && !same(read, twin) ? twinText(twin) : undefined
    if (reason !== undefined) problems.push(new Problem('NODE_NAME_INVALID', { name: redact(entry), reason }))
    else if (typeof read !== 'string') wanted.set(read.name.toLowerCase(), read)
  }
  return { wanted: [...wanted.values()], problems }
}

function readEntry(entry: string): WantedNode | string {
  const { address, ref } = splitRef(entry)
  if (ref !== undefined && !/^[A-Za-z0-9][\w./+-]*$/.test(ref)) return `«${ref}» is no branch, tag or commit.`
  const url = urlOf(address)
  if (url === undefined) return whyNot(address)
  const name = (url.split('/').at(-1) ?? '').replace(/\.git$/, '')
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return 'It does not end with a name that a folder can have.'
  return { name, url, ref }
}

// In a URL the @ of `user:password@host` comes before the path, that of a ref within it.
function splitRef(entry: string): { readonly address: string; readonly ref: string | undefined } {
  const start = /^\w+:\/\/[^/]*/.exec(entry)?.[0].length ?? 0
  const at = entry.indexOf('@', start)
  if (at < 0) return { address: entry, ref: undefined }
  return { address: entry.slice(0, at), ref: entry.slice(at + 1) }
}

function urlOf(address: string): string | undefined {
  const scheme = /^(\w+):\/\/[^/]*\/+[^/]/.exec(address)?.[1]
  if (scheme !== undefined) return SCHEMES.includes(scheme) ? address.replace(/\/+$/, '') : undefined
  if (/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(address)) return `https://github.com/${address}`
  return KNOWN[address.toLowerCase()]
}

function whyNot(address: string): string {
  if (address.includes('://')) return `Only ${SCHEMES.join(', ')} addresses of a repository can be cloned.`
  if (address.includes(':')) return 'An address begins with a scheme, like https:// or ssh://git@.'
  return `It is neither ${Object.values(KNOWN).map(nameOf).join(' nor ')}, nor owner/repository, nor an address.`
}

function nameOf(url: string): string {
  return url.split('/').at(-1) ?? url
}

function same(a: WantedNode, b: WantedNode): boolean {
  return a.url === b.url && a.ref === b.ref
}

function twinText({ name, url, ref }: WantedNode): string {
  return `The folder ${name} is to be cloned from ${redact(url)}${ref === undefined ? '' : `@${ref}`} already.`
}

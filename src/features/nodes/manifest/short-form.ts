import { posix } from 'node:path'
import type { NodeSource } from '../../../base/node.ts'
import { gitUrl, hasSecret, refFault, splitRef, zipUrl } from './addresses.ts'
import type { Fault } from './fault.ts'

/**
 * Reads one node in the short form of COMFY_NODES: a known name, `owner/repository[@ref]`, a repository’s URL with `@ref`, the URL
 * of a .zip with `#sha256=…`, an absolute path, or otherwise an id of the registry, `id[@version]`.
 */
export function readShort(text: string): NodeSource | Fault {
  if (hasSecret(text)) return { fault: 'It holds a password or a token.', secret: true }
  if (text.startsWith('/')) return pathSource(text)
  if (/^\w+:\/\/[^#?]*\.zip([#?]|$)/i.test(text)) return zipSource(text)
  const { address, ref } = splitRef(text)
  if (typeof gitUrl(address) !== 'string') {
    if (isRegistryId(address, ref)) return registrySource(address, ref)
    if (ref?.includes(':')) return gitSource(text, undefined)
  }
  return gitSource(address, ref)
}

// `git@host:owner/repository` begins as an id with a version does.
function isRegistryId(address: string, ref: string | undefined): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(address) && !ref?.includes(':')
}

/** A repository at an address, with a branch, tag or commit. */
export function gitSource(address: string, ref: string | undefined): NodeSource | Fault {
  const url = gitUrl(address)
  if (typeof url !== 'string') return url
  const fault = ref === undefined ? undefined : refFault(ref)
  return fault === undefined ? { kind: 'git', url, ref } : { fault }
}

/** A node of the registry, with a version; `latest` is none. */
export function registrySource(id: string, version: string | undefined): NodeSource | Fault {
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(id)) return { fault: `«${id}» is no id of the registry.` }
  if (version === undefined || version === 'latest') return { kind: 'registry', id, version: undefined }
  if (version === 'nightly')
    return { fault: 'The registry has no version nightly: that is the repository, as owner/repository.' }
  if (!/^\d[\w.+-]*$/.test(version)) return { fault: `«${version}» is no version, like 1.2.0.` }
  return { kind: 'registry', id, version }
}

/** An archive, which is only taken with its digest. */
export function zipAt(address: string, sha256: string | undefined): NodeSource | Fault {
  const url = zipUrl(address)
  if (typeof url !== 'string') return url
  const digits = sha256?.toLowerCase()
  if (digits === undefined)
    return { fault: 'An archive needs its SHA-256, so that nothing else is unpacked; sha256sum prints it.' }
  if (!/^[0-9a-f]{64}$/.test(digits))
    return { fault: `«${digits}» is no SHA-256: that has 64 hexadecimal digits.` }
  return { kind: 'zip', url, sha256: digits }
}

function zipSource(text: string): NodeSource | Fault {
  const [address = '', mark] = text.split('#')
  return zipAt(address, mark?.replace(/^sha256=/, ''))
}

function pathSource(path: string): NodeSource | Fault {
  if (/\p{Cc}/u.test(path)) return { fault: 'A path has no control characters in it.' }
  return { kind: 'path', path: posix.normalize(path).replace(/(?<=.)\/$/, '') }
}

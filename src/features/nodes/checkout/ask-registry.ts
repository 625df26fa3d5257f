import { fieldsIn } from '../../../base/json-fields.ts'
import { Problem } from '../../../base/problem.ts'
import type { Host } from '../../../host/host.ts'
import { msLeft, withTries } from './time-left.ts'
import type { Getting } from './to-check-out.ts'

/** A node in the registry; `version` undefined for the newest. */
export type RegistryWanted = {
  readonly name: string
  readonly id: string
  readonly version: string | undefined
}

/** Where the archive of a version is. */
export type Published = { readonly version: string; readonly url: string }

/** Asks the registry which version there is, and where. Throws a problem when it does not know or does not answer. */
export function askRegistry(host: Host, wanted: RegistryWanted, getting: Getting): Promise<Published> {
  const { name, id, version } = wanted
  const registry = getting.settings.nodeRegistry.replace(/\/+$/, '')
  const query = version === undefined ? '' : `?version=${encodeURIComponent(version)}`
  const url = `${registry}/nodes/${encodeURIComponent(id)}/install${query}`
  return withTries(host, { url, getting }, async () => {
    const answer = await host.download.text({
      url,
      timeoutMs: Math.min(ANSWER_MS, msLeft(host, getting)),
      signal: getting.signal,
    })
    const away = (reason: string) => new Problem('NODE_UNREACHABLE', { name, url, reason })
    if (answer.kind === 'unreachable') throw away(answer.reason)
    if (answer.status === 404 || answer.status === 400)
      throw new Problem('NODE_NOT_IN_REGISTRY', { name, id, version, registry })
    if (answer.status !== 200) throw away(`it answers ${answer.status}`)
    if (fieldsIn(answer.text) === undefined) throw away('it answers with something that is not JSON')
    const published = publishedIn(answer.text)
    if (published === undefined) throw away('its answer names no archive')
    return published
  })
}

const ANSWER_MS = 30_000

function publishedIn(text: string): Published | undefined {
  const fields = fieldsIn(text)
  const [version, url] = [fields?.version, fields?.downloadUrl]
  const isWhole = typeof version === 'string' && typeof url === 'string' && /^https?:\/\//.test(url)
  return isWhole ? { version, url } : undefined
}

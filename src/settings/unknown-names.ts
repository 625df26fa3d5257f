import { Problem } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import { allNames, isServiceLink } from './environment.ts'
import type { Env } from './written.ts'

/** Names that are not settings of ours and yet read: our own markers, and what comfy-cli and API clients read. */
const OTHERS =
  /^COMFY_(INIT_\w+|CLI_\w+|CLOUD_\w+|BUILDER_\w+|OBJECT_INFO_\w+|NO_\w+|API_\w+|ORG_API_KEY|LOCAL_URL|NODE_CHANGELOG|OUTPUT|SECRETS_PATH|USER_AGENT|WHERE)$/

/** What Kubernetes and Docker links set beside COMFY_PORT for a service whose name begins with «comfy». */
const SERVICE_LINKS = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$/

/** One warning for each COMFY_… variable that nothing reads, with the name that was probably meant. */
export function unknownNames(env: Env): readonly Problem[] {
  const known = allNames()
  return Object.keys(env)
    .filter((name) => /^comfy_/i.test(name) && !known.includes(name))
    .filter((name) => !OTHERS.test(name) && !SERVICE_LINKS.test(name) && !isServiceLink(env[name] ?? ''))
    .sort()
    .map((name) => new Problem('SETTING_UNKNOWN', { name, near: nearest(name.toUpperCase(), known) }))
}

import type { Bus } from '../base/event.ts'
import type { Places } from '../base/layout.ts'
import type { NodeImport } from '../base/node.ts'
import { decoded } from '../base/plain-text.ts'
import { redact } from '../base/secret.ts'
import type { ServiceSpec } from '../base/service.ts'
import { shortList } from '../base/text.ts'
import type { Facts } from '../facts/facts.ts'
import { secretsOf } from '../features/deaths/secrets.ts'
import { type Reader, type Said, trialReader } from '../features/node-check/read-trial.ts'
import type { Settings } from '../settings/settings.ts'

/** What hearing of imports needs; `spec` is ComfyUI. */
export type HearingImports = {
  readonly bus: Bus
  readonly spec: ServiceSpec
  readonly settings: Settings
  readonly places: Pick<Places, 'customNodes'>
  /** Nodes of which a trial already said that they fail are not told again. */
  readonly facts: Pick<Facts, 'nodeRecords'>
}

/** So much is read of a line, bytes. */
const MOST_BYTES = 4096

/**
 * Hears, each time ComfyUI starts, which custom nodes it could not import, and tells it as a condition until its next start.
 * Once it runs no line is read any more. Gives what ends it.
 */
export function importKeeper({ bus, spec, settings, places, facts }: HearingImports): () => void {
  const { customNodes } = places
  const folders = settings.nodesFolder === undefined ? [customNodes] : [customNodes, settings.nodesFolder]
  const secrets = secretsOf(settings, [spec])
  const trial = facts.nodeRecords.imports?.nodes ?? {}
  let reader: Reader | undefined
  let holds = false
  const tell = (text: string | undefined) => {
    if (text === undefined && !holds) return
    holds = text !== undefined
    bus.tell({ type: 'condition', condition: 'import-failed', ...(text && { text: redact(text, secrets) }) })
  }
  return bus.listen((event) => {
    if (!('service' in event) || event.service !== spec.name) return
    if (event.type === 'service-line') reader?.read(decoded(event.bytes, MOST_BYTES))
    else if (event.type !== 'service-state') return
    else if (event.state === 'starting') reader ??= trialReader(folders)
    else if (reader !== undefined) {
      tell(textOf(reader.said(), trial))
      reader = undefined
    }
  })
}

function textOf({ nodes }: Said, trial: Readonly<Record<string, NodeImport>>): string | undefined {
  const isNew = (name: string) => !['failed', 'breaks-start'].includes(trial[name]?.result ?? '')
  const failed = [...nodes].filter(([name, { result }]) => result === 'failed' && isNew(name))
  if (failed.length === 0) return undefined
  const each = failed.map(([name, { line }]) => (line === undefined ? name : `${name} (${line})`))
  return `ComfyUI could not import ${shortList(each)} at this start, and runs without. See «comfy-init logs comfyui».`
}

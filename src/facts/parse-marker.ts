import { type Fields, fieldsIn } from '../base/json-fields.ts'
import { type Declined, type Marker, SWITCH_PHASES, type SwitchRecord, type Wish } from './tree-facts.ts'

/** The marker in a text, or undefined when the text is none of ours. */
export function parseMarker(text: string | undefined): Marker | undefined {
  const value = fieldsIn(text)
  if (value === undefined || value.layout !== 1) return undefined
  const of = (key: string) => textIn(value, key)
  return {
    layout: 1,
    image: of('image') ?? '',
    version: of('version'),
    commit: of('commit'),
    requirements: of('requirements'),
    python: of('python'),
    torch: of('torch'),
    cuda: of('cuda'),
    from: of('from') ?? '',
    adoptedAt: of('adoptedAt') ?? '',
    files: numberIn(value, 'files'),
    bytes: numberIn(value, 'bytes'),
    digest: of('digest'),
    importedFrom: of('importedFrom'),
  }
}

/** The record of a switch in a text. A text that is none is no switch: nothing is moved by a guess. */
export function parseRecord(text: string | undefined): SwitchRecord | undefined {
  const value = fieldsIn(text)
  if (value === undefined || value.layout !== 1) return undefined
  const act = ACTS.find((each) => each === value.act)
  const phase = SWITCH_PHASES.find((each) => each === value.phase)
  if (act === undefined || phase === undefined) return undefined
  return {
    layout: 1,
    act,
    phase,
    from: textIn(value, 'from'),
    to: textIn(value, 'to') ?? '',
    startedAt: textIn(value, 'startedAt') ?? '',
    isOlder: value.isOlder === true,
  }
}

const ACTS = ['adopt', 'upgrade', 'rollback'] as const

/** What a person asked for. */
export function parseWish(text: string | undefined): Wish | undefined {
  const act = fieldsIn(text)?.act
  return act === 'upgrade' || act === 'rollback' ? act : undefined
}

/** The image that is not taken. */
export function parseDeclined(text: string | undefined): Declined | undefined {
  const value = fieldsIn(text)
  const image = value && textIn(value, 'image')
  if (value === undefined || image === undefined) return undefined
  return { image, why: textIn(value, 'why') ?? '', by: value.by === 'changes' ? 'changes' : 'rollback' }
}

/** Which image is being staged, and since which start of the machine. */
export type StagingNote = { readonly image: string; readonly bootId: string | undefined }

/** The note beside a copy that is being made. */
export function parseStaging(text: string | undefined): StagingNote | undefined {
  const value = fieldsIn(text)
  const image = value && textIn(value, 'image')
  return value === undefined || image === undefined ? undefined : { image, bootId: textIn(value, 'bootId') }
}

function textIn(fields: Fields, key: string): string | undefined {
  const field = fields[key]
  return typeof field === 'string' ? field : undefined
}

function numberIn(fields: Fields, key: string): number | undefined {
  const field = fields[key]
  return typeof field === 'number' ? field : undefined
}

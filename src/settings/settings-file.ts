import { Problem } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import { type OptionKey, optionKeys, optionOf } from './settings.ts'
import type { SettingsFile } from './written.ts'
import type { Entry } from './yaml-mapping.ts'

/**
 * Settings that a workspace's file may not hold. The workspace is written by ComfyUI and its nodes; where and as whom
 * we act as root must not be theirs to say.
 */
const NOT_IN_WORKSPACE: ReadonlySet<OptionKey> = new Set([
  'workspace',
  'runtimeFolder',
  'home',
  'uid',
  'gid',
  'identity',
])

type Source = { readonly path: string; readonly text: string; readonly from: SettingsFile['from'] }

/**
 * Parses a settings file: a YAML mapping whose keys are the flags' names (`stop-grace: 8s`), whose values are texts,
 * numbers, true/false, or lists of those for options that hold several values. Never throws; faults are its problems.
 */
export async function parseSettingsFile(source: Source): Promise<SettingsFile> {
  const { readMapping } = await import('./yaml-mapping.ts')
  const mapping = readMapping(source.text)
  if ('fault' in mapping) {
    const problem = new Problem('SETTINGS_FILE_SYNTAX', { path: source.path, ...mapping })
    return { from: source.from, values: [], problems: [problem] }
  }
  const entries = mapping.entries.map((entry) => takeEntry(entry, source))
  return {
    from: source.from,
    values: entries.flatMap((each) => (each instanceof Problem ? [] : each)),
    problems: entries.flatMap((each) => (each instanceof Problem ? each : [])),
  }
}

function takeEntry({ name, line, value }: Entry, { path, from }: Source) {
  const key = optionKeys.find((each) => optionOf(each).flag === name)
  if (key === undefined)
    return new Problem('SETTINGS_FILE_KEY_UNKNOWN', { path, line, key: name, near: nearFlag(name) })
  const why = whyNotHere(key, from)
  if (why !== undefined)
    return new Problem('SETTINGS_FILE_KEY_MISPLACED', { path, line, key: name, env: optionOf(key).env, why })
  const isList = typeof value === 'object'
  if (value === undefined || (isList && optionOf(key).list === undefined)) {
    const must = optionOf(key).list
      ? 'must be a text or a list of texts'
      : 'must be one text, number, true or false'
    return new Problem('SETTINGS_FILE_VALUE', { path, line, key: name, must })
  }
  const text = isList ? JSON.stringify(value) : value
  return { key, given: { text, origin: { from, name: `${name} in ${path}:${line}` } } }
}

function whyNotHere(key: OptionKey, from: SettingsFile['from']): string | undefined {
  if (optionOf(key).only === 'env') return 'it is needed before any file is read'
  if (from === 'workspace-file' && NOT_IN_WORKSPACE.has(key))
    return 'what the workspace holds must not decide where or as whom comfy-init acts'
  return undefined
}

// People write the variable's name too: the nearest name of any kind leads to the flag.
function nearFlag(name: string): string | undefined {
  const spellings = optionKeys
    .map(optionOf)
    .filter((each) => each.only === undefined)
    .flatMap((each) => [each.flag, each.env, ...(each.aliases ?? [])].map((spelling) => ({ spelling, each })))
  const near = nearest(
    name,
    spellings.map(({ spelling }) => spelling),
  )
  return spellings.find(({ spelling }) => spelling === near)?.each.flag
}

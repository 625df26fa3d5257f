import { blocking, Problem, Refusal } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import { parseGiven } from './parse.ts'
import { brokenRules } from './rules.ts'
import {
  type OptionKey,
  type Origin,
  type Origins,
  optionKeys,
  optionOf,
  options,
  type Settings,
} from './settings.ts'
import { chosenValues } from './sources.ts'
import { unknownNames } from './unknown-names.ts'
import type { Read, Written } from './written.ts'

export { secretFilePaths } from './environment.ts'
export { parseSettingsFile } from './settings-file.ts'
export type { Read, SettingsFile, Written } from './written.ts'

/**
 * Settings from everything that was written: flag, environment, workspace file, image file, default. Throws one
 * Refusal that holds every problem, the blocking ones first, when any of them is blocking; otherwise the problems that
 * it returns are warnings.
 */
export function readSettings(written: Written): Read {
  const found: Problem[] = [
    ...(written.imageFile?.problems ?? []),
    ...(written.workspaceFile?.problems ?? []),
    ...unknownFlags(written.flags ?? {}),
    ...unknownNames(written.env),
  ]
  const chosen = chosenValues(written, found)
  const values = new Map<OptionKey, unknown>()
  const wrong = new Set<OptionKey>()
  for (const key of optionKeys) {
    const given = chosen.get(key)
    const value = given === undefined ? optionOf(key).fallback(written.hints) : parseGiven(key, given)
    values.set(key, value)
    if (!(value instanceof Problem)) continue
    found.push(value)
    wrong.add(key)
  }
  const settings = Object.freeze(Object.fromEntries(values)) as Settings
  const origins = originsOf((key) => chosen.get(key)?.origin)
  found.push(...brokenRules({ settings, origins, wrong }))
  const stopping = blocking(found)
  if (stopping.length > 0)
    throw new Refusal([...stopping, ...found.filter((each) => !stopping.includes(each))])
  return { settings, origins, problems: found }
}

/** The workspace alone, so that the caller finds the settings file in it; the default's when it was written wrongly. */
export function workspaceOf(written: Written): Settings['workspace'] {
  const given = chosenValues(written, []).get('workspace')
  const path = given && parseGiven('workspace', given)
  return path === undefined || path instanceof Problem ? options.workspace.fallback(written.hints) : path
}

function originsOf(origin: (key: OptionKey) => Origin | undefined): Origins {
  const byDefault: Origin = { from: 'default', name: 'default' }
  return Object.fromEntries(optionKeys.map((key) => [key, origin(key) ?? byDefault])) as Origins
}

function unknownFlags(flags: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  const known = optionKeys.map(optionOf).flatMap((option) => (option.only === undefined ? option.flag : []))
  return Object.keys(flags)
    .filter((flag) => flags[flag] !== undefined && !known.includes(flag))
    .map((flag) => {
      const near = nearest(flag, known)
      return new Problem('FLAG_UNKNOWN', { flag: `--${flag}`, near: near && `--${near}` })
    })
}

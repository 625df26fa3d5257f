import { Problem } from '../base/problem.ts'
import { type Taken, takeArguments } from './comfy-arguments.ts'
import { givenInEnvironment } from './environment.ts'
import { parseGiven } from './parse.ts'
import { type OptionKey, type Origin, optionKeys, optionOf } from './settings.ts'
import type { Given, Written } from './written.ts'

/** Where a value can be written, in the order in which it counts. */
const PLACES = ['flag', 'env', 'workspace-file', 'image-file'] as const

type Place = (typeof PLACES)[number]

/** A value and where it was written; an argument of ComfyUI stands where its list of arguments was written. */
type Candidate = { readonly given: Given; readonly place: Place }

/**
 * The value that counts of each option that was written: flag, environment, workspace file, image file; within one of
 * them an argument for ComfyUI first. Warns where the same place says two things. Arguments that are settings are
 * taken out of `args`.
 */
export function chosenValues(written: Written, problems: Problem[]): ReadonlyMap<OptionKey, Given> {
  const argsCandidate = choose(own('args', written, problems), problems)
  const fromArgs = takenOf(argsCandidate?.given, problems)
  const fromLine = takeArguments(written.comfyArgs ?? [], '')
  problems.push(...fromLine.problems)
  const chosen = new Map<OptionKey, Given>()
  for (const key of optionKeys) {
    if (key === 'args') continue
    const candidates = [
      ...candidate(fromLine.given.get(key), 'flag'),
      ...candidate(fromArgs?.given.get(key), argsCandidate?.place ?? 'flag'),
      ...own(key, written, problems),
    ]
    const winner = choose(candidates, problems)
    if (winner !== undefined) chosen.set(key, winner.given)
  }
  const args = joinedArgs(argsCandidate?.given, fromArgs, fromLine)
  if (args !== undefined) chosen.set('args', args)
  return chosen
}

/** Values of one option by flag, environment and files, best first. */
function own(key: OptionKey, written: Written, problems: Problem[]): readonly Candidate[] {
  const { flag } = optionOf(key)
  const text = written.flags?.[flag]
  const inFile = (file: Written['imageFile']) => file?.values.find((each) => each.key === key)?.given
  return [
    ...candidate(
      text === undefined ? undefined : { text, origin: { from: 'flag', name: `--${flag}` } },
      'flag',
    ),
    ...givenInEnvironment(key, written, problems).map((given) => ({ given, place: 'env' as const })),
    ...candidate(inFile(written.workspaceFile), 'workspace-file'),
    ...candidate(inFile(written.imageFile), 'image-file'),
  ]
}

function candidate(given: Given | undefined, place: Place): readonly Candidate[] {
  return given === undefined ? [] : [{ given, place }]
}

function choose(candidates: readonly Candidate[], problems: Problem[]): Candidate | undefined {
  const [winner, ...others] = candidates.toSorted((a, b) => PLACES.indexOf(a.place) - PLACES.indexOf(b.place))
  const ignored = others
    .filter((each) => each.place === winner?.place && each.given.text.trim() !== winner.given.text.trim())
    .map((each) => each.given.origin.name)
  if (winner !== undefined && ignored.length > 0)
    problems.push(new Problem('SETTING_TWICE', { used: winner.given.origin.name, ignored }))
  return winner
}

// A list that cannot be parsed is left as it is: reading it as a setting says what is wrong with it.
function takenOf(given: Given | undefined, problems: Problem[]): Taken | undefined {
  if (given === undefined) return undefined
  const args = parseGiven('args', given)
  if (args instanceof Problem) return undefined
  const taken = takeArguments(args, ` in ${given.origin.name}`)
  problems.push(...taken.problems)
  return taken
}

/** What is left for ComfyUI, of the setting and then of the command line, as one JSON array. */
function joinedArgs(given: Given | undefined, fromArgs: Taken | undefined, fromLine: Taken) {
  if (given !== undefined && fromArgs === undefined) return given
  if (given === undefined && fromLine.rest.length === 0) return undefined
  const origin = argsOrigin(given?.origin, fromLine.rest.length > 0)
  return { text: JSON.stringify([...(fromArgs?.rest ?? []), ...fromLine.rest]), origin }
}

function argsOrigin(origin: Origin | undefined, hasLine: boolean): Origin {
  if (origin === undefined) return { from: 'argument', name: 'command line' }
  return hasLine ? { ...origin, name: `${origin.name} and command line` } : origin
}

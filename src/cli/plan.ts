import type { PlanView } from '../app/plan-only.ts'
import { printable } from '../base/text.ts'
import type { Desk, Typed } from './desk.ts'
import { json } from './print.ts'
import { exitCodeOfTexts, problemsText, wantsColour } from './show-problems.ts'

/** `comfy-init plan`: the steps and problems of a start now; the exit code is the one the start would refuse with, else 0. */
export async function plan(
  { host, acts }: Desk,
  { flags, words, json: asJson }: Pick<Typed, 'flags' | 'words' | 'json'>,
): Promise<number> {
  const view = await acts.planOnly(host, { flags, comfyArgs: words })
  host.out.stdout(asJson ? json(view) : planText(view, wantsColour(host, 'stdout')))
  return exitCodeOfTexts(view.problems)
}

/** A plan as a person reads it: where things will lie, the steps in order, the problems. */
export function planText({ places, steps, problems }: PlanView, coloured: boolean): string {
  const blocked = problems.some((each) => each.level === 'blocking')
  const parts = [
    [
      `ComfyUI starts from ${places.code}, with its state in ${places.base}.`,
      `${places.mode === 'move' ? 'Its tree is moved there' : 'Its tree stays in the image'}: ${places.reason}`,
    ],
    steps.length === 0
      ? ['Nothing is to be done: everything is in its place.']
      : [
          blocked ? 'These steps wait until the problems below are solved:' : 'These steps will be done:',
          ...steps.map(stepText),
        ],
  ].map((lines) => `${lines.join('\n')}\n`)
  return [...parts, problemsText(problems, coloured)].filter((part) => part !== '').join('\n')
}

function stepText(step: PlanView['steps'][number], at: number): string {
  const { title, changes, as } = printable(step)
  const number = `${at + 1}.`.padStart(4)
  const lines = [
    `${number} ${title}${as === 'root' ? ' (as root)' : ''}`,
    ...changes.map((path) => `     ${path}`),
  ]
  return lines.join('\n')
}

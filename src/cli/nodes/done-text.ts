import type { NodesDone } from '../../app/nodes/act.ts'
import { printable } from '../../base/text.ts'
import type { Host } from '../../host/host.ts'
import { exitCodeOfTexts } from '../show-problems.ts'
import type { NodeAct } from './acts.ts'
import { nodeLines } from './list-text.ts'

/** What an act did, and what is still wrong; the steps and problems themselves are in the log already. */
export function doneText(act: NodeAct, { result, steps, notes, nodes, problems, counts }: NodesDone): string {
  if (result === 'not-done' || act === 'freeze') return lines(notes)
  const wrong = nodes.filter(({ state }) => state === 'failed' || state === 'changed')
  const did = steps.some((step) => step.result === 'done') || notes.length > 0
  const rest =
    problems.length === 0 || wrong.length > 0 ? '' : 'What is wrong stands above, with what to type.'
  return lines([
    ...notes,
    ...nodeLines(wrong),
    did
      ? `${wrong.length === 0 ? 'Done' : 'The rest is done'}.`
      : wrong.length + problems.length > 0
        ? 'There is nothing else to do.'
        : NOTHING[act === 'check' ? 'check' : 'sync'],
    rest,
    did && counts === 'at-next-restart'
      ? 'ComfyUI runs, and has it from its next restart on: comfy-init restart comfyui'
      : '',
  ])
}

/** The exit code: 0, 1 where something of a node did not work out, that of what was refused, or 128+n for a signal. */
export function doneCode(
  { signals }: Pick<Host, 'signals'>,
  { result, problems, stoppedBy }: Pick<NodesDone, 'result' | 'problems' | 'stoppedBy'>,
): number {
  if (stoppedBy !== undefined && result === 'not-done') return 128 + signals.number(stoppedBy)
  return exitCodeOfTexts(problems) || (problems.length === 0 ? 0 : 1)
}

const NOTHING = {
  sync: 'Nothing to do: all nodes are as asked for.',
  check: 'Nothing to do: there is no node to import, or this ComfyUI cannot be asked to.',
} as const

function lines(texts: readonly string[]): string {
  return printable(texts)
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('')
}

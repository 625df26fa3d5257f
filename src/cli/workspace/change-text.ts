import type { Done } from '../../app/workspace/acting.ts'
import type { Changed } from '../../app/workspace/change-tree.ts'
import type { Cleaned } from '../../app/workspace/clean.ts'
import type { Runtime } from '../../base/problem.ts'
import { columns, printable, sizeText } from '../../base/text.ts'
import type { Host } from '../../host/host.ts'
import { exitCodeOfTexts } from '../show-problems.ts'

/** What became of an upgrade or a rollback, in a few sentences. What went wrong is in the log already. */
export function changedText(changed: Changed): string {
  const { act, result, from, to, runtime, keptChanges } = changed
  const verb = act === 'upgrade' ? 'Upgraded' : 'Went back'
  switch (result) {
    case 'done':
      return [
        `${verb} from ComfyUI ${from} to ${to}. ${from} is kept as the previous one: comfy-init workspace rollback goes back to it.`,
        ...(keptChanges === undefined
          ? []
          : [`What you had changed in ComfyUI’s code is kept in ${keptChanges}`]),
        '',
      ].join('\n')
    case 'at-next-start':
      return `ComfyUI ${from} runs. ${to} takes its place at the next start of the container: ${RESTART[runtime]}\n`
    case 'same':
      return `Nothing to do: the workspace has the image’s ComfyUI already, ${from}.\n`
    case 'image-is-moved':
      return `Nothing to do: this container’s own ComfyUI was moved into the workspace, which has ${from}. A container of a newer image brings another one.\n`
    case 'no-image':
      return `Nothing to do: this image has no ComfyUI; the workspace has ${from}.\n`
    case 'not-done':
      return ''
  }
}

/** What was removed, and how much came free. */
export function cleanedText({ result, removed }: Cleaned): string {
  switch (result) {
    case 'done': {
      const all = removed.reduce((sum, { bytes }) => sum + bytes, 0)
      const rows = removed.map(({ what, path, bytes }) => [NAMES[what], sizeText(bytes), path])
      return `${sizeText(all)} came free.\n${columns(printable(rows))}\n`
    }
    case 'nothing-to-do':
      return 'Nothing to do: there is no previous ComfyUI and no unfinished copy.\n'
    case 'not-done':
      return ''
  }
}

/** The exit code: 0, that of what went wrong, or 128+n for the signal that ended it. */
export function changedCode(
  { signals }: Pick<Host, 'signals'>,
  { result, problems, stoppedBy }: Done & { readonly result: string },
): number {
  if (stoppedBy !== undefined && result === 'not-done') return 128 + signals.number(stoppedBy)
  return exitCodeOfTexts(problems)
}

const NAMES = { previous: 'previous ComfyUI', staged: 'unfinished copy' } as const

const RESTART: Readonly<Record<Runtime, string>> = {
  docker: 'docker restart CONTAINER',
  podman: 'podman restart CONTAINER',
  kubernetes: 'kubectl delete pod POD, where something starts it again',
  runpod: 'restart the pod',
  none: 'end comfy-init and start it again',
}

import { Problem } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import type { Desk, Typed } from './desk.ts'
import { json } from './print.ts'
import { changedCode, changedText, cleanedText } from './workspace/change-text.ts'
import { workspaceText } from './workspace/status-text.ts'
import { verifiedText } from './workspace/verify-text.ts'

const ACTS = ['status', 'verify', 'upgrade', 'rollback', 'clean'] as const

/**
 * `comfy-init workspace ACT`. 0 when the question was answered or all was done, also at the next start; verify ends with 1
 * where ComfyUI’s code is not as it came. Each act is loaded only when it is asked for.
 */
export async function workspace({ host }: Desk, { flags, words, json: asJson }: Typed): Promise<number> {
  const input = { flags, comfyArgs: [] }
  const print = <T>(found: T, text: (found: T) => string) =>
    host.out.stdout(asJson ? json(found) : text(found))
  const act = actOf(words[0] ?? '')
  switch (act) {
    case 'status': {
      const { workspaceStatus } = await import('../app/workspace/status.ts')
      print(await workspaceStatus(host, input), workspaceText)
      return 0
    }
    case 'verify': {
      const { verifyWorkspace } = await import('../app/workspace/verify.ts')
      const found = await verifyWorkspace(host, input)
      print(found, verifiedText)
      return found.whole ? 0 : 1
    }
    case 'upgrade':
    case 'rollback': {
      const { changeTree } = await import('../app/workspace/change-tree.ts')
      const changed = await changeTree(host, input, act)
      print(changed, changedText)
      return changedCode(host, changed)
    }
    case 'clean': {
      const { cleanWorkspace } = await import('../app/workspace/clean.ts')
      const cleaned = await cleanWorkspace(host, input)
      print(cleaned, cleanedText)
      return changedCode(host, cleaned)
    }
  }
}

function actOf(word: string): (typeof ACTS)[number] {
  const act = ACTS.find((each) => each === word)
  if (act !== undefined) return act
  throw new Problem('ARGUMENTS_INVALID', {
    command: 'workspace',
    message: `ACT is one of ${ACTS.join(', ')}.`,
    hint: `comfy-init workspace ${nearest(word, ACTS) ?? 'status'}`,
  })
}

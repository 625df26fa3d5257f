import type { Evidence, Finding } from './evidence.ts'
import { gpuWords } from './gpu-words.ts'
import { requirementsOf } from './uncaught.ts'

/** A line that says why a program ended, and what it means. */
export type Word = {
  readonly says: RegExp
  readonly means: (found: RegExpExecArray, evidence: Evidence) => Finding
}

/** The last of these lines that says why: what stands behind it is clean-up. */
export function wordsFinding(evidence: Evidence, lines: readonly string[]): Finding | undefined {
  for (const line of lines.toReversed()) {
    // A node that cannot be imported is left out, and ends nothing.
    if (/^(\[\w+\] )?Cannot import /.test(line)) continue
    for (const { says, means } of WORDS) {
      const found = says.exec(line)
      if (found !== null) return means(found, evidence)
    }
  }
  return undefined
}

const WORDS: readonly Word[] = [
  ...gpuWords,
  {
    says: /Port (\d+) is already in use|port (\d+) is not available|address already in use|EADDRINUSE/i,
    means: ([, first, second], { spec }) => {
      const port = first ?? second ?? spec.ready.port
      const setting = spec.name === 'comfyui' ? 'COMFY_PORT' : 'COMFY_JUPYTER_PORT'
      return {
        cause: 'port-in-use',
        summary: `${spec.title} could not listen on port ${port}: another program has it.`,
        remedy: `End that program (ss -ltnp "sport = :${port}" names it), or set ${setting} to a free port.`,
      }
    },
  },
  {
    says: /No space left on device|Disk quota exceeded|database or disk is full|\[Errno (?:28|122)\]/,
    means: (found, { spec }) => {
      const path = /: '([^']+)'/.exec(found.input)?.[1]
      return {
        cause: 'disk-full',
        summary: `${spec.title} found no room on its disk${path === undefined ? '' : ` for ${path}`}.`,
        remedy: `Free some space, or give the volume more: df -h; df -i; comfy-init workspace clean removes what we keep.`,
      }
    },
  },
  {
    says: /comfyui-frontend-package is not installed/,
    means: (_, { spec }) => ({
      cause: 'missing-package',
      summary:
        'ComfyUI did not start because its web pages, the package comfyui-frontend-package, are not installed.',
      remedy: `${spec.file} -m pip install -r ${requirementsOf(spec)}`,
    }),
  },
]

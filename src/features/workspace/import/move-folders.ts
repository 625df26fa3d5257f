import { basename, dirname } from 'node:path'
import type { Layout } from '../../../base/layout.ts'
import { Problem, systemCode } from '../../../base/problem.ts'
import { shortList } from '../../../base/text.ts'
import type { Step } from '../../../engine/plan.ts'
import type { Foreign, Part } from '../../../facts/foreign-layout.ts'
import { type Begun, begunFile } from '../../../facts/foreign-layout-begun.ts'
import type { Host } from '../../../host/host.ts'

/**
 * Moves folders that another image left to where ours look for them, each by one rename, onto nothing or an empty folder. The
 * moves are written down before the first: a crash leaves some of them made, and the next boot makes the rest.
 */
export function moveFolders({ kind, title, parts, tree }: Foreign, layout: Layout): Step {
  const record = begunFile(layout)
  return {
    id: 'workspace/import-folders',
    title: `Move ${shortList(parts.map(({ from }) => basename(from)))} to where ComfyUI looks, from what ${title} left`,
    changes: [...parts.flatMap(({ from, to }) => [from, to]), record],
    ifFails: 'stop',
    async apply(host) {
      await host.fs.makeFolder(layout.own)
      await host.fs.write(record, recordText({ layout: 1, kind, parts: parts.map(fromTo) }))
      // State in the workspace itself is known by this folder; see the decision about where ComfyUI lies.
      if (tree === undefined) await host.fs.makeFolder(`${layout.workspace}/user`)
      for (const part of parts) await move(host, part)
      await host.fs.remove(record)
      return 'done'
    },
  }
}

function recordText(begun: Begun): string {
  return `${JSON.stringify(begun, undefined, 2)}\n`
}

function fromTo({ from, to }: Part): Part {
  return { from, to }
}

// The system itself refuses to rename a folder onto a file or onto a folder that holds something.
async function move(host: Host, { from, to }: Part): Promise<void> {
  if ((await host.fs.look(from)) === undefined) return
  try {
    await host.fs.makeFolder(dirname(to))
    await host.fs.rename(from, to)
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    throw new Problem('IMPORT_NOT_MOVED', { from, to, code }, { cause: error })
  }
}

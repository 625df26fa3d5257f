import { type Layout, MARKER, type TreePlaces } from '../../../base/layout.ts'
import { errorPath, Problem, systemCode } from '../../../base/problem.ts'
import { pathBytes } from '../../../base/tree-path.ts'
import type { Step } from '../../../engine/plan.ts'
import { sortTree } from '../../../facts/look-changes.ts'
import { parseMarker } from '../../../facts/parse-marker.ts'
import type { Host } from '../../../host/host.ts'
import { prepareDatabase } from './database.ts'

/** What is to be switched to, and where it lies now. */
export type Preparing = {
  readonly layout: Layout
  readonly trees: TreePlaces
  readonly mounts: readonly string[]
  readonly from: 'next' | 'previous'
  /** Identity of the coming tree. */
  readonly to: string
}

/** Says to the step of the switch, within one boot, that nothing known stands in its way. */
export type Prepared = { isDone: boolean }

/**
 * Does everything of a switch that can fail before anything is moved: the coming tree is whole, every file of the person's can
 * be moved, the database is copied. When it fails, ComfyUI starts as it is. A crash leaves a copy that is made again.
 */
export function prepareSwitch(preparing: Preparing, prepared: Prepared): Step {
  const { layout, trees } = preparing
  return {
    id: 'workspace/prepare-switch',
    title: 'Copy ComfyUI’s database, and see that your files can be moved',
    changes: [trees.prepared],
    ifFails: 'go-on',
    async apply(host) {
      if (!(await isWhole(host, preparing))) return 'not-needed'
      try {
        await refuseImmovable(host, preparing)
        await prepareDatabase(host, layout, trees)
      } catch (error) {
        const code = systemCode(error)
        await host.fs.remove(trees.prepared).catch(() => {})
        if (error instanceof Problem || code === undefined) throw error
        const at = [errorPath(error) ?? layout.home]
        throw new Problem('SWITCH_NOT_BEGUN', { path: layout.home, at, code }, { cause: error })
      }
      prepared.isDone = true
      return 'done'
    },
  }
}

async function isWhole(host: Host, { trees, from, to }: Preparing): Promise<boolean> {
  const text = await host.fs.readText(`${trees[from].tree}/${MARKER}`)
  return parseMarker(text)?.image === to
}

const OTHERS_MAY_WRITE = 0o022

// A folder can only be moved to another one by somebody who may write in it; root always may.
async function refuseImmovable(host: Host, { layout, mounts }: Preparing): Promise<void> {
  const { home } = layout
  const us = host.users.ids()
  if (us.uid === 0) return
  const { found, changes } = await sortTree(host.fs, home, mounts)
  const tops = found.filter(({ path }) => !path.includes('/')).map(({ path }) => path)
  const at: string[] = []
  for (const path of ['', ...(changes === 'unknown' ? tops : changes.own)]) {
    const entry = await host.fs.look(pathBytes(home, path))
    const isOurs = entry?.uid === us.uid || (entry !== undefined && (entry.mode & OTHERS_MAY_WRITE) !== 0)
    if (entry?.kind === 'folder' && !isOurs) at.push(path === '' ? home : `${home}/${path}`)
  }
  if (at.length > 0) throw new Problem('SWITCH_NOT_BEGUN', { path: home, at, code: 'EACCES' })
}

import type { Layout, TreePlaces } from '../../../base/layout.ts'
import { errorPath, Problem, systemCode } from '../../../base/problem.ts'
import type { Step } from '../../../engine/plan.ts'
import type { SwitchRecord } from '../../../facts/tree-facts.ts'
import type { Prepared } from './prepare-switch.ts'
import { switchTrees } from './switch-trees.ts'

/** One switch, in words and with its record. */
export type Switch = {
  readonly id: string
  readonly title: string
  readonly layout: Layout
  readonly trees: TreePlaces
  readonly mounts: readonly string[]
  readonly record: SwitchRecord
  /** Absent for a switch that was begun already. */
  readonly prepared?: Prepared
}

/** Switches trees, or finishes a switch that was cut. A crash leaves the record, and the next boot goes on by it. */
export function switchStep({ id, title, layout, trees, mounts, record, prepared }: Switch): Step {
  return {
    id,
    title,
    changes: [layout.home, trees.previous.tree],
    ifFails: 'stop',
    async apply(host, _tell, signal) {
      if (prepared?.isDone === false) return 'not-needed'
      try {
        await switchTrees({ host, layout, trees, mounts, record, signal })
        return 'done'
      } catch (error) {
        if (error instanceof Problem || signal.aborted) throw error
        const code = systemCode(error)
        if (code === undefined) throw error
        const { home: path } = layout
        const details = { path, trees: trees.folder, code, at: errorPath(error) }
        throw new Problem('SWITCH_NOT_FINISHED', details, { cause: error })
      }
    },
  }
}

import type { Places } from '../../../base/layout.ts'
import { Problem } from '../../../base/problem.ts'
import { type Plan, problems, steps } from '../../../engine/plan.ts'
import type { Facts } from '../../../facts/facts.ts'
import { mountOf } from '../../../facts/mounts.ts'
import { movedPath } from './move.ts'
import { proveVenv } from './prove-venv.ts'

/**
 * Starts the Python of a venv inside the workspace's tree once, to prove that it was moved well; in the same round as the
 * tree itself where that is still to come. Programs run only as their person: it belongs after the change of identity. Pure.
 */
export function planVenv(facts: Facts, places: Places): Plan {
  const { treeVenv } = facts
  if (treeVenv !== undefined) return treeVenv.isProven ? steps() : steps(proveVenv(treeVenv.python, places))
  const coming = comingPython(facts, places)
  if (coming === undefined) return steps()
  // Said before anything is moved: at its old place it runs.
  const mount = mountOf(coming, facts.mounts)
  return mount?.noExec
    ? problems(new Problem('VENV_TO_NOEXEC', { path: coming, mount: mount.point }))
    : steps(proveVenv(coming, places))
}

function comingPython({ image, python }: Facts, { copies, layout }: Places): string | undefined {
  if (!copies || image === undefined) return undefined
  if (python?.venv === undefined || movedPath(python.venv, { from: image.path, to: '' }) === undefined)
    return undefined
  return movedPath(python.path, { from: image.path, to: layout.home })
}

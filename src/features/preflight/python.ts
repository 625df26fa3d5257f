import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import { mountOf } from '../../facts/mounts.ts'
import type { Settings } from '../../settings/settings.ts'
import { isNewerOrSame } from './version.ts'

/** ComfyUI's pyproject.toml: requires-python >= 3.10. */
const OLDEST = '3.10'

/** There must be a Python that can be run, and it should be new enough. */
export function checkPython(settings: Settings, facts: Facts): readonly Problem[] {
  const refused = passedOver(facts)
  if (facts.python === undefined)
    return refused.length > 0 ? refused : [new Problem('PYTHON_MISSING', { asked: settings.python })]
  const { path, version } = facts.python
  const mount = mountOf(path, facts.mounts)
  return [
    ...refused,
    ...(mount?.noExec ? [new Problem('PYTHON_ON_NOEXEC', { path, mount: mount.point })] : []),
    ...(version === undefined || isNewerOrSame(version, OLDEST)
      ? []
      : [new Problem('PYTHON_TOO_OLD', { path, version })]),
  ]
}

// One that root made for itself, e.g. in /root/.local: another that is found instead seldom has ComfyUI's requirements.
function passedOver({ pythonRefused, python, who }: Facts): readonly Problem[] {
  if (pythonRefused === undefined) return []
  const details = { ...pythonRefused, us: who.target, instead: python?.path }
  return [new Problem('PYTHON_REFUSED', details, { level: python === undefined ? 'blocking' : 'warning' })]
}

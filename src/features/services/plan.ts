import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { isUsableHome } from './home.ts'
import { makeHome } from './make-home.ts'
import { makeToken } from './make-token.ts'

/** What the services need before they start: a ComfyUI that fits, a home where there is no other, JupyterLab's token. Pure. */
export function planServices(settings: Settings, facts: Facts, places: Places): Plan {
  return joinPlans(planState(facts, places), planHome(facts, places), planJupyter(settings, facts, places))
}

function planState({ image }: Facts, { mode }: Places): Plan {
  const isKnown = image === undefined || image.flags.size === 0 || image.flags.has('--base-directory')
  return mode === 'move' || isKnown
    ? steps()
    : problems(new Problem('COMFY_TOO_OLD', { version: image.version }))
}

// The container's own HOME may make it superfluous; an empty folder of ours does no harm.
function planHome(facts: Facts, { layout }: Places): Plan {
  const { who, folders } = facts
  const mayBeUsed = who.passwd === undefined || !isUsableHome(who.passwd.home, facts)
  return mayBeUsed && !folders.has(layout.personHome) ? steps(makeHome(layout.personHome)) : steps()
}

function planJupyter(settings: Settings, facts: Facts, { layout }: Places): Plan {
  if (!settings.jupyter) return steps()
  const { python, jupyterTokenFile } = facts
  if (python?.hasJupyter === false) return problems(new Problem('JUPYTER_MISSING', { python: python.path }))
  if (settings.jupyterToken !== undefined) return steps()
  switch (jupyterTokenFile) {
    case 'absent':
      return steps(makeToken(layout))
    case 'open-to-others':
      return problems(new Problem('JUPYTER_TOKEN_OPEN', { path: layout.jupyterTokenFile }))
    case 'good':
      return steps()
  }
}

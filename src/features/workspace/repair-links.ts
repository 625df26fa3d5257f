import type { Places } from '../../base/layout.ts'
import { isOwnTarget } from '../../base/own-link.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import { joinPlans, type Plan, problems, type Step, steps } from '../../engine/plan.ts'
import type { BrokenLink } from '../../facts/broken-links.ts'
import type { Facts } from '../../facts/facts.ts'
import { giveWay } from './give-way.ts'

/** What becomes of links that are wrong: ours are repaired, a person's are shown with what to type. Pure. */
export function planLinkRepair(facts: Facts, places: Places): Plan {
  const ours = facts.brokenLinks.filter(({ isOurs, place }) => isOurs && place !== 'home')
  const persons = facts.brokenLinks.filter((each) => !ours.includes(each))
  return joinPlans(
    ours.length === 0 ? steps() : steps(removeLinks(ours.map(({ path }) => path))),
    problems(...persons.flatMap((each) => problemOf(each, places))),
    planImageLink(facts, places),
  )
}

// The link that we put into the image's place leads to where the workspace was before.
function planImageLink({ lostImage, workspace }: Facts, { mode, layout }: Places): Plan {
  const { tree } = workspace
  if (lostImage === undefined || mode !== 'move' || tree.state !== 'ours') return steps()
  const { from, image } = tree.marker
  return from === lostImage.path ? steps(giveWay(lostImage.path, layout.home, image)) : steps()
}

function problemOf(link: BrokenLink, places: Places): readonly Problem[] {
  const { path, target, fault } = link
  switch (link.place) {
    case 'home':
      return places.mode === 'move' ? [new Problem('LINK_IN_COMFYUIS_PLACE', { path, target, fault })] : []
    case 'state': {
      if (!path.startsWith(`${places.base}/`)) return []
      const level = canStartWithout(path) ? 'warning' : 'blocking'
      return [new Problem('LINK_LEADS_NOWHERE', { path, target, fault }, { level })]
    }
    case 'inside':
      return [new Problem('LINK_INSIDE_ITSELF', { path, target })]
  }
}

// ComfyUI lists no models where there is no folder, and makes pictures in none; without the others it ends.
function canStartWithout(path: string): boolean {
  return path.endsWith('/models') || path.endsWith('/output')
}

function removeLinks(paths: readonly string[]): Step {
  return {
    id: 'workspace/repair-links',
    title: `Remove links of ours that lead nowhere: ${shortList(paths)}`,
    changes: paths,
    ifFails: 'go-on',
    async apply(host) {
      let isChanged = false
      for (const path of paths) {
        try {
          if (!isOwnTarget(await host.fs.readLink(path))) continue
          await host.fs.remove(path)
          isChanged = true
        } catch (error) {
          const code = systemCode(error)
          if (code === undefined) throw error
          throw new Problem('LINK_NOT_REPAIRED', { path, code }, { cause: error })
        }
      }
      return isChanged ? 'done' : 'not-needed'
    },
  }
}

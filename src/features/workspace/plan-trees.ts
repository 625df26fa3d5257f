import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts, ImageTree } from '../../facts/facts.ts'
import type { Marker, SwitchRecord } from '../../facts/tree-facts.ts'
import { type Copying, stageUpgrade } from './adopt-image.ts'
import { clearWish } from './clear-wish.ts'
import { chooseWidth, endsOf } from './copy-width.ts'
import type { UpgradeChoice } from './decide-upgrade.ts'
import { declineImage } from './decline-image.ts'
import { differencesOf, differencesText } from './differences.ts'
import { keepPatch } from './keep-patch.ts'
import { mountsAt } from './places.ts'
import { prepareSwitch } from './switch/prepare-switch.ts'
import { firstRecord } from './switch/record.ts'
import { switchStep } from './switch/switch-step.ts'

/** What becomes of a tree that is ours: nothing, the image's takes its place, or the previous one comes back. Pure. */
export function planTrees(choice: UpgradeChoice, facts: Facts, places: Places, marker: Marker): Plan {
  const { home } = places.layout
  switch (choice.act) {
    case 'same':
      return planWish(facts, home)
    case 'keep':
      return joinPlans(
        choice.lasts === undefined ? steps() : steps(declineImage(facts.workspace.trees.places, choice)),
        keepNotice(facts, marker, { ...choice, home }),
      )
    case 'back': {
      const { previous, isOlder } = choice
      const title = `Go back to ComfyUI ${nameOf(previous)}, and keep ${nameOf(marker)} as the previous one`
      const about = { act: 'rollback', from: marker.image, to: previous.image, isOlder } as const
      return switching(facts, places, { title, about })
    }
    case 'upgrade': {
      const { image, isOlder } = choice
      const title = `Switch to ComfyUI ${nameOf({ ...image, image: image.identity })}, and keep ${nameOf(marker)} as the previous one`
      const about = { act: 'upgrade', from: marker.image, to: image.identity, isOlder } as const
      const copying = copyingOf(facts, places, image)
      return joinPlans(steps(stageUpgrade(copying)), switching(facts, places, { title, about }))
    }
  }
}

/** Finishes a switch that an earlier boot began. */
export function planUnfinished(facts: Facts, places: Places, record: SwitchRecord): Plan {
  const { layout } = places
  const title = `Finish the switch to ComfyUI ${record.to} that was cut short`
  const { trees, mounts } = switchPlaces(facts, layout.home)
  return steps(switchStep({ id: 'workspace/finish-switch', title, layout, trees, mounts, record }))
}

/** What a copy of the image tree needs. */
export function copyingOf(facts: Facts, { layout }: Places, image: ImageTree): Copying {
  const { python, nowMs } = facts
  const width = chooseWidth(endsOf(facts))
  const { isStaged, stagedImage } = facts.workspace.trees
  const goesOn = stagedImage === image.identity
  return { image, python, layout, nowMs, width, isStaged, goesOn, ...switchPlaces(facts, layout.home) }
}

function switching(
  facts: Facts,
  { layout }: Places,
  { title, about }: { title: string; about: Omit<SwitchRecord, 'layout' | 'phase' | 'startedAt'> },
): Plan {
  const record = firstRecord({ ...about, startedAt: new Date(facts.nowMs).toISOString() })
  const where = { layout, ...switchPlaces(facts, layout.home) }
  const prepared = { isDone: false }
  const from = about.act === 'rollback' ? 'previous' : 'next'
  return steps(
    prepareSwitch({ ...where, from, to: about.to }, prepared),
    switchStep({ id: 'workspace/switch', title, record, prepared, ...where }),
  )
}

function switchPlaces({ workspace, mounts }: Facts, home: string) {
  return { trees: workspace.trees.places, mounts: mountsAt(home, mounts) }
}

// A wish that has come true, or never can, is not kept for some later image.
function planWish({ workspace }: Facts, home: string): Plan {
  const { wish, previous, places } = workspace.trees
  if (wish === undefined) return steps()
  const impossible = wish === 'rollback' && previous === undefined
  return joinPlans(
    impossible ? problems(new Problem('NO_PREVIOUS_TREE', { path: home }, { level: 'warning' })) : steps(),
    steps(clearWish(places)),
  )
}

function keepNotice(
  { python, adopted }: Facts,
  marker: Marker,
  { image, why, home }: { image: ImageTree; why: string; home: string },
): Plan {
  const differences = differencesText(differencesOf(marker, image, python)) || 'the identity'
  const versions = {
    workspace: adopted?.version ?? nameOf(marker),
    image: nameOf({ ...image, image: image.identity }),
  }
  return problems(new Problem('IMAGE_DIFFERS', { path: home, ...versions, differences, reason: why }))
}

/** What git has to say about changes in the previous tree; a program runs for it, so it comes after the drop. */
export function planPatch({ workspace }: Facts, { layout }: Places): Plan {
  const { pendingPatch, places } = workspace.trees
  return pendingPatch ? steps(keepPatch(layout, places)) : joinPlans()
}

function nameOf({ version, image }: Pick<Marker, 'version' | 'image'>): string {
  return version ?? image
}

import type { Places } from '../../base/layout.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Marker, SwitchRecord } from '../../facts/tree-facts.ts'
import { decideUpgrade, type UpgradeChoice } from '../../features/workspace/decide-upgrade.ts'
import type { Settings } from '../../settings/settings.ts'
import { nameOf } from './goal.ts'

/**
 * What the next start with these settings does about the tree, and why, in words. `upgrade-if-unchanged` for what depends on
 * files that nobody has looked at.
 */
export type NextStart = {
  readonly act:
    | 'start'
    | 'finish-switch'
    | 'adopt'
    | 'link'
    | 'upgrade'
    | 'upgrade-if-unchanged'
    | 'back'
    | 'keep'
    | 'see-plan'
  readonly text: string
}

/** Foretells it from a glance at the machine. Pure. */
export function nextStart(settings: Settings, facts: Facts, places: Places): NextStart {
  const { tree } = facts.workspace
  if (tree.state === 'switching') return finishing(tree.record)
  if (tree.state === 'ours' && places.mode === 'move') return aboutTree(settings, facts, tree.marker)
  if (tree.state === 'foreign' && places.mode === 'move')
    return { act: 'see-plan', text: 'It takes that ComfyUI over, or refuses: comfy-init plan says which.' }
  if (places.mode === 'link')
    return { act: 'link', text: `ComfyUI starts from ${places.code}: ${places.reason}.` }
  return places.copies
    ? { act: 'adopt', text: `The image’s ComfyUI is copied into the workspace: ${places.reason}.` }
    : { act: 'see-plan', text: 'There is no ComfyUI to start: comfy-init plan says what is missing.' }
}

function finishing({ to, phase }: SwitchRecord): NextStart {
  return { act: 'finish-switch', text: `The switch to ${to}, cut short at «${phase}», is finished first.` }
}

function aboutTree(settings: Settings, facts: Facts, marker: Marker): NextStart {
  const choice = decideUpgrade(settings, facts, marker)
  const ifUnchanged = decideUpgrade(settings, unchanged(facts), marker)
  if (choice.act === 'keep' && ifUnchanged.act === 'upgrade')
    return {
      act: 'upgrade-if-unchanged',
      text: `The image’s ComfyUI ${imageName(ifUnchanged)} takes its place if nobody changed its code (comfy-init workspace verify) and both have room.`,
    }
  return inWords(choice, marker)
}

function unchanged(facts: Facts): Facts {
  return { ...facts, workspace: { ...facts.workspace, changes: { own: [], changed: [] } } }
}

function inWords(choice: UpgradeChoice, marker: Marker): NextStart {
  switch (choice.act) {
    case 'same':
      return { act: 'start', text: 'It is started as it is.' }
    case 'upgrade':
      return {
        act: 'upgrade',
        text: `The image’s ComfyUI ${imageName(choice)} takes its place; ${nameOf(marker)} is kept as the previous one.`,
      }
    case 'back':
      return {
        act: 'back',
        text: `ComfyUI ${nameOf(choice.previous)} comes back; ${nameOf(marker)} is kept as the previous one.`,
      }
    case 'keep':
      return {
        act: 'keep',
        text: `It is kept, because ${choice.why}. Take the image’s: comfy-init workspace upgrade`,
      }
  }
}

function imageName({ image }: Extract<UpgradeChoice, { act: 'upgrade' }>): string {
  return image.version ?? image.identity
}

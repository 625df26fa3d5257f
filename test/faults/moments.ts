import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { SWITCH_PHASES } from '../../src/facts/tree-facts.ts'
import { imagePlaceIn, phaseIn, type Scene } from './wound.ts'

/** A step of a boot as it shows on the disk. */
export type Moment = { readonly name: string; readonly isThere: (scene: Scene) => boolean }

/** The first of an act that shows: a copy is begun, or a switch. */
export const BEGUN: Moment = {
  name: 'the first change',
  isThere: ({ volume }) =>
    ['next', 'switch.json'].some((name) => existsSync(`${volume}/.comfy-init/trees/${name}`)),
}

/** The steps of a copy, in their order. */
const STAGING: readonly Moment[] = [
  inTrees('next/staging.json'),
  inTrees('next/ComfyUI'),
  inTrees('next/ComfyUI/main.py'),
  inTrees('next/ComfyUI/more/part-3'),
  inTrees('next/ComfyUI/more/large-2.bin'),
  inTrees('next/ComfyUI/.comfy-init.manifest'),
  inTrees('next/ComfyUI/.comfy-init.json'),
]

const GIVING_WAY: readonly Moment[] = [
  inLayer('.comfy-init-leaving'),
  inLayer('more/part-3'),
  { name: 'the image’s place is gone', isThere: ({ upper }) => /gone|link/.test(imagePlaceIn(upper)) },
  { name: 'the image’s place is the link', isThere: ({ upper }) => imagePlaceIn(upper) === 'link' },
]

const AFTER: readonly Moment[] = [
  { name: 'the switch is recorded no more', isThere: (scene) => isSwitched(scene) },
  inVolume('ComfyUI/custom_nodes/checkers'),
]

/** The moments of each act at which it is killed. */
export const MOMENTS: Readonly<Record<'first run' | 'upgrade' | 'rollback', readonly Moment[]>> = {
  'first run': [
    inVolume('.comfy-init'),
    ...STAGING,
    inPhase('place'),
    inVolume('ComfyUI'),
    inPhase('finish'),
    ...GIVING_WAY,
    ...AFTER,
  ],
  upgrade: [...STAGING, ...SWITCH_PHASES.slice(1).map(inPhase), ...slots(), ...GIVING_WAY, ...AFTER],
  rollback: [...SWITCH_PHASES.map(inPhase), ...slots(), ...AFTER],
}

function slots(): readonly Moment[] {
  return [
    inTrees('retired/database'),
    inTrees('retired/ComfyUI'),
    inTrees('previous/ComfyUI/.comfy-init.json'),
    { name: 'changes are kept', isThere: ({ volume }) => hasEntries(`${volume}/.comfy-init/changes`) },
  ]
}

function inVolume(path: string): Moment {
  return { name: path, isThere: ({ volume }) => existsSync(`${volume}/${path}`) }
}

function inTrees(path: string): Moment {
  return { ...inVolume(`.comfy-init/trees/${path}`), name: `trees/${path}` }
}

// What is removed shows as well, and a place that is gone has had it all.
function inLayer(path: string): Moment {
  return {
    name: `the image’s ${path}`,
    isThere: ({ upper }) => {
      switch (imagePlaceIn(upper)) {
        case 'whole':
          return false
        case 'part':
          return isEntry(`${upper}/opt/ComfyUI/${path}`)
        case 'gone':
        case 'link':
          return true
      }
    },
  }
}

// The place may be gone between the two looks.
function isEntry(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

// A later phase counts: a phase may be over before it is seen.
function inPhase(phase: (typeof SWITCH_PHASES)[number]): Moment {
  const wanted = SWITCH_PHASES.slice(SWITCH_PHASES.indexOf(phase)) as readonly string[]
  return { name: `phase ${phase}`, isThere: ({ volume }) => wanted.includes(phaseIn(volume) ?? '') }
}

function isSwitched({ volume }: Scene): boolean {
  const trees = `${volume}/.comfy-init/trees`
  const isOver = ['switch.json', 'next', 'wish.json'].every((name) => !existsSync(`${trees}/${name}`))
  return isOver && existsSync(`${volume}/.comfy-init/report.json`)
}

function hasEntries(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0
  } catch {
    return false
  }
}

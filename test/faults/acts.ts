import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { putRow, putTheirs, type TheirFiles } from '../support/story-person.ts'
import { type Boot, bootWhole, type Lane, makeVolume } from './lane.ts'
import { MOMENTS, type Moment } from './moments.ts'

/** What a container is killed in, and how it begins. */
export type Act = {
  readonly name: string
  /** Part of all kills. */
  readonly share: number
  readonly image: keyof Lane
  readonly coming: string
  readonly moments: readonly Moment[]
  readonly env: Readonly<Record<string, string>>
  /** Makes the volume that every run of the act begins with, and tells what of it is the person's. */
  readonly prepare: (lane: Lane) => Promise<Beginning>
}

/** A volume to begin with. */
export type Beginning = { readonly volume: string; readonly theirs: TheirFiles }

/** First run, upgrade, upgrade of a tree with changed code, rollback. */
export const ACTS: readonly Act[] = [
  {
    ...{ name: 'first run', share: 0.25, image: 'earlier', coming: '0.33.0' },
    ...{ moments: MOMENTS['first run'], env: {} },
    prepare: async () => ({ volume: await makeVolume(), theirs: new Map() }),
  },
  {
    ...{ name: 'upgrade', share: 0.25, image: 'later', coming: '0.34.0' },
    ...{ moments: MOMENTS.upgrade, env: {} },
    prepare: used,
  },
  {
    ...{ name: 'upgrade of changed code', share: 0.25, image: 'later', coming: '0.34.0' },
    ...{ moments: MOMENTS.upgrade, env: { COMFY_UPGRADE: 'auto' } },
    prepare: changed,
  },
  {
    ...{ name: 'rollback', share: 0.25, image: 'later', coming: '0.33.0' },
    ...{ moments: MOMENTS.rollback, env: {} },
    prepare: upgraded,
  },
]

async function used({ earlier: world }: Lane): Promise<Beginning> {
  const volume = await makeVolume()
  await bootWhole({ world, name: 'used', volume })
  putRow(volume, 'of 0.33.0')
  return { volume, theirs: putTheirs(volume) }
}

async function changed(lane: Lane): Promise<Beginning> {
  const { volume, theirs } = await used(lane)
  const main = `${volume}/ComfyUI/main.py`
  appendFileSync(main, '\n# A line of mine.\n')
  return {
    volume,
    theirs: new Map([...theirs, ...putTheirs(volume, { 'main.py': readFileSync(main, 'utf8') })]),
  }
}

async function upgraded(lane: Lane): Promise<Beginning> {
  const { volume, theirs } = await used(lane)
  const boot: Boot = { world: lane.later, name: 'upgraded', volume }
  await bootWhole(boot)
  putRow(volume, 'of 0.34.0')
  const since = putTheirs(volume, {
    'output/ComfyUI_00003_.png': 'a picture by 0.34.0\n',
    'custom_nodes/newer/__init__.py': 'NODE_CLASS_MAPPINGS = {}\n',
  })
  writeFileSync(`${volume}/.comfy-init/trees/wish.json`, '{"act":"rollback"}\n')
  return { volume, theirs: new Map([...theirs, ...since]) }
}

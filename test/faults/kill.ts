import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../support/container.ts'
import { lostAtLast, lostNow } from '../support/story-person.ts'
import type { Act, Beginning } from './acts.ts'
import { type Boot, bootWhole, forget, type Lane, makeVolume, sceneOf, start } from './lane.ts'
import { differenceOf, type Left, leftIn } from './left.ts'
import { BEGUN, type Moment } from './moments.ts'
import { type Wound, woundOf } from './wound.ts'

/** When to kill: so long after the start, or so long after a step shows. */
export type When = { readonly afterMs: number; readonly moment?: Moment }

/** An act with all that its runs are measured by. */
export type Trial = {
  readonly act: Act
  readonly beginning: Beginning
  /** Times after it are those of a run. */
  readonly sinceMs: number
  readonly wanted: Outcome
  /** From the start until the act shows on the disk, and until ComfyUI is ready, uncut. */
  readonly showsMs: number
  readonly lastsMs: number
}

/** What a boot came to in the end. */
export type Outcome = {
  readonly left: Left
  readonly imagePlace: string
  readonly problems: readonly string[]
}

/** What became of one kill; no faults is what is wanted. */
export type Killed = { readonly wound: Wound; readonly isInTime: boolean; readonly faults: readonly string[] }

/** Runs an act uncut, twice: two runs that differ could prove nothing. */
export async function makeTrial(act: Act, lane: Lane): Promise<Trial> {
  const beginning = await act.prepare(lane)
  // What the beginning has is not touched by a run within the same millisecond.
  await sleep(20)
  const about = { act, beginning, sinceMs: Date.now() }
  const first = await runUncut(about, lane, 'uncut-1')
  const second = await runUncut(about, lane, 'uncut-2')
  const difference = differenceOf(second.outcome.left, first.outcome.left)
  if (difference.length > 0) throw new Error(`Two uncut runs differ:\n${difference.join('\n')}`)
  const { outcome: wanted, ...spans } = second
  return { ...about, wanted, ...spans }
}

type About = Pick<Trial, 'act' | 'beginning' | 'sinceMs'>

async function runUncut(about: About, lane: Lane, name: string) {
  const boot = await bootOf(about, lane, name)
  const startMs = performance.now()
  const span = showing(boot).then(() => performance.now() - startMs)
  const { outcome, lastsMs } = await outcomeOf(about, boot)
  const lost = lostAtLast(boot.volume, about.beginning.theirs)
  if (lost.length > 0) throw new Error(`An uncut ${about.act.name} loses ${lost.join(', ')}.`)
  forget(boot)
  return { outcome, lastsMs, showsMs: Math.min(await span, lastsMs) }
}

async function showing(boot: Boot): Promise<void> {
  const endMs = performance.now() + 20_000
  while (!BEGUN.isThere(sceneOf(boot)) && performance.now() < endMs)
    await new Promise((resolve) => setImmediate(resolve))
}

async function bootOf({ act, beginning }: About, lane: Lane, name: string): Promise<Boot> {
  const volume = await makeVolume(beginning.volume)
  return { world: lane[act.image], name, volume, env: act.env }
}

async function outcomeOf({ sinceMs }: About, boot: Boot) {
  const { lastsMs, ...ended } = await bootWhole(boot)
  return { outcome: { left: leftIn(boot.volume, sinceMs), ...ended }, lastsMs }
}

/** Kills a run of the act, boots again, in the same container or a new one, and compares. */
export async function killOnce(
  trial: Trial,
  lane: Lane,
  { when, n }: { when: When; n: number },
): Promise<Killed> {
  const boot = await bootOf(trial, lane, `killed-${n}`)
  const again: Boot = n % 2 === 0 ? boot : { ...boot, name: `after-${n}` }
  let isInTime = false
  let wound: Wound = 'before'
  const faults: string[] = []
  try {
    isInTime = await kill(boot, when)
    wound = woundOf(sceneOf(boot), trial.act.coming)
    const lost = lostNow(boot.volume, trial.beginning.theirs)
    faults.push(...lost.map((name) => `${name} is nowhere after the kill`))
    faults.push(...(await faultsAfter(trial, again)))
  } catch (error) {
    faults.push(String(error))
  }
  for (const each of [boot, again]) forget(each)
  return { wound, isInTime, faults }
}

async function kill(boot: Boot, when: When): Promise<boolean> {
  const container = await start(boot)
  const isInTime = await reached(boot, container, when)
  container.kill('SIGKILL')
  await container.ended
  return isInTime
}

async function faultsAfter(trial: Trial, boot: Boot): Promise<readonly string[]> {
  const { outcome } = await outcomeOf(trial, boot)
  const lost = lostAtLast(boot.volume, trial.beginning.theirs)
  return [...faultsOf(trial, outcome), ...lost.map((name) => `${name} is lost in the end`)]
}

function faultsOf({ wanted }: Trial, { left, imagePlace, problems }: Outcome): readonly string[] {
  return [
    ...differenceOf(left, wanted.left),
    ...(imagePlace === wanted.imagePlace ? [] : [`the image’s place is ${imagePlace}`]),
    ...(String(problems) === String(wanted.problems) ? [] : [`problems: ${problems.join(', ')}`]),
  ]
}

/** Waits for the moment of the kill; false when the boot was ready, or over, before it. */
async function reached(boot: Boot, container: Running, { moment, afterMs }: When): Promise<boolean> {
  const isInTime = moment === undefined || (await shows(boot, container, moment))
  if (afterMs > 0) await sleep(afterMs)
  return isInTime
}

// Looks without a pause: what is waited for may be there for a millisecond.
async function shows(boot: Boot, container: Running, { isThere }: Moment): Promise<boolean> {
  const scene = sceneOf(boot)
  let isOver = false
  const over = () => {
    isOver = true
  }
  void Promise.race([container.ended, boot.world.ready(container)]).then(over, over)
  while (!isThere(scene)) {
    if (isOver) return isThere(scene)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return true
}

import { expect, test } from 'vitest'
import { makeImage } from '../support/story-images.ts'
import { ACTS, type Act } from './acts.ts'
import { type Killed, killOnce, makeTrial, type Trial, type When } from './kill.ts'
import { type Lane, makeLane } from './lane.ts'
import { BEGUN } from './moments.ts'
import { randomFrom } from './random.ts'

/** Kills of all acts together. */
const KILLS = Number(process.env.KILLS ?? 300)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
/** Containers at a time. */
const LANES = 2

console.log(`${KILLS} kills, seed ${SEED} (SEED=${SEED} gives the same times)`)

test.each(ACTS)(
  'a container killed at any instant of its $name: the next boot ends as if nothing had happened',
  async (act) => {
    const pair = {
      earlier: await makeImage({ version: '0.33.0', large: true }),
      later: await makeImage({ version: '0.34.0', large: true }),
    }
    const lanes: readonly Lane[] = await Promise.all(Array.from({ length: LANES }, () => makeLane(pair)))
    const [first] = lanes
    if (first === undefined) throw new Error('There is no lane.')
    const trial = await makeTrial(act, first)
    const whens = chooseWhens(trial)

    const killed: Killed[] = []
    const queue = whens.map((when, n) => ({ when, n }))
    await Promise.all(
      lanes.map(async (lane) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const one = await killOnce(trial, lane, next)
          killed.push(one)
          if (one.faults.length > 0) console.log(faultText(act, next.when, one))
        }
      }),
    )

    console.log(tableOf(trial, killed))
    expect(killed).toHaveLength(whens.length)
    expect(killed.flatMap(({ faults }) => faults)).toEqual([])
  },
)

// A third at the steps, one after another, at once or a little later. Of the others a quarter comes anywhere in the time that
// a boot takes, and the rest after its first change: before it there is little to lose.
function chooseWhens({ act, showsMs, lastsMs }: Trial): readonly When[] {
  const random = randomFrom(SEED + ACTS.indexOf(act))
  const count = Math.ceil(KILLS * act.share)
  const bySteps = Math.ceil(count / 3)
  return Array.from({ length: count }, (_, n) => {
    const moment = n < bySteps ? act.moments[(n * STRIDE) % act.moments.length] : undefined
    if (moment !== undefined) return { moment, afterMs: random() < 0.5 ? 0 : random() * 10 }
    return n % 4 === 0
      ? { afterMs: random() * lastsMs }
      : { moment: BEGUN, afterMs: random() * (lastsMs - showsMs) }
  })
}

/** Has a few kills come to all parts of an act; no number of moments is a multiple of it. */
const STRIDE = 7

function faultText({ name }: Act, { moment, afterMs }: When, { wound, faults }: Killed): string {
  const when = moment === undefined ? 'the start' : `«${moment.name}»`
  const few = faults.length > 20 ? [...faults.slice(0, 20), `and ${faults.length - 20} more`] : faults
  return [`${name}, killed ${afterMs.toFixed(1)} ms after ${when} (${wound}):`, ...few].join('\n  ')
}

function tableOf({ act, lastsMs }: Trial, killed: readonly Killed[]): string {
  const counts = new Map<string, number>()
  for (const { wound } of killed) counts.set(wound, (counts.get(wound) ?? 0) + 1)
  const equal = killed.filter(({ faults }) => faults.length === 0).length
  const late = killed.filter(({ isInTime }) => !isInTime).length
  return [
    `${act.name}: ${killed.length} kills, ${equal} ended equal; a boot of it lasts ${Math.round(lastsMs)} ms; ${late} steps were over before they were seen`,
    ...[...counts].sort().map(([wound, count]) => `  ${wound.padEnd(20)} ${count}`),
  ].join('\n')
}

import { existsSync, readFileSync } from 'node:fs'
import { report } from './init/report.ts'
import { exitCodes, type Figures, idle, orphans, restarts, serviceCodes, startAndStop } from './init/rows.ts'
import { makeSandbox } from './init/sandbox.ts'
import { isOurs, WAYS, type Way } from './init/ways.ts'
import { buildBinary, isInOwnMounts } from './layers.ts'

/**
 * The program as PID 1 beside tini, dumb-init, catatonit, s6 and supervisord, all with the same child, each row in turn for
 * all of them. ROUNDS rounds (15); what costs seconds each time is done in a third of them, exit codes once. Needs root
 * and the Debian packages of those programs: an absent one is left out.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 15)
const FEW = Math.max(1, Math.round(ROUNDS / 3))

if (isInOwnMounts('init')) await measure()

async function measure(): Promise<void> {
  buildBinary()
  const ways = WAYS.filter((way) => isOurs(way) || existsSync(way.file))
  for (const way of WAYS.filter((each) => !ways.includes(each)))
    console.log(`${way.name} is left out: there is no ${way.file}.`)
  const samples = new Map<Way, Figures[]>(ways.map((way) => [way, []]))
  const sandbox = makeSandbox()
  const round = async (chosen: readonly Way[], act: typeof startAndStop) => {
    for (const way of chosen) samples.get(way)?.push(await act(sandbox, way))
  }
  const supervisors = ways.filter(({ kind }) => kind === 'supervisor')
  try {
    for (const way of ways) await startAndStop(sandbox, way)
    for (let done = 0; done < ROUNDS; done++) await round(ways, startAndStop)
    for (let done = 0; done < FEW; done++) await round(supervisors, restarts)
    for (let done = 0; done < FEW; done++) await round(ways, orphans)
    for (let done = 0; done < FEW; done++) await round(ways, idle)
    await round(
      ways.filter(({ kind }) => kind === 'init'),
      exitCodes,
    )
    await round(supervisors.filter(isOurs), serviceCodes)
  } finally {
    sandbox.end()
  }
  console.log(`medians of ${ROUNDS} rounds, load ${readFileSync('/proc/loadavg', 'utf8').trim()}\n`)
  console.log(report(samples))
}

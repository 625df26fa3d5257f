import { textOf } from '../layers.ts'
import type { Live, Sandbox } from './sandbox.ts'
import { wallClock } from './sandbox.ts'
import { isOurs, type Way } from './ways.ts'

/** What is measured, in the order of the table. */
export const ROWS = {
  startToExec: 'start → exec of the child, ms',
  termToChild: 'TERM → child sees it, ms',
  deathToExit: 'child’s end → exit of all, ms',
  crashToStart: 'child killed → its next start, ms',
  askedToStart: 'own restart command → next start, ms',
  zombies: 'zombies 500 ms after 2,000 orphans',
  wrongCodes: 'wrong exit codes of 0…255 and 15 signals',
  pssKib: 'PSS when idle, KiB',
} as const

/** What one run gave. */
export type Figures = Partial<Record<keyof typeof ROWS, number>>

/** A start and a stop. */
export async function startAndStop(sandbox: Sandbox, way: Way): Promise<Figures> {
  const live = sandbox.start(way)
  await until(() => sandbox.stamps('up').length > 0, `${way.name} to start the stub`)
  const [[startS = 0], [execS = 0]] = [sandbox.stamps('start'), sandbox.stamps('exec')]
  await calm(300)
  const termS = wallClock()
  process.kill(live.first(), 'SIGTERM')
  const ended = await live.ended
  const [seenS = Number.NaN] = sandbox.stamps('seen')
  return {
    startToExec: (execS - startS) * 1000,
    termToChild: (seenS - termS) * 1000,
    deathToExit: (ended.at - seenS) * 1000,
  }
}

/** A crash and a restart that is asked for, of a child that was up for so long that no start limit applies. */
export async function restarts(sandbox: Sandbox, way: Way): Promise<Figures> {
  const live = sandbox.start(way)
  await until(() => sandbox.stamps('up').length === 1, `${way.name} to start the stub`)
  await calm(1500)
  const crashS = wallClock()
  process.kill(stubOf(live), 'SIGKILL')
  await until(() => sandbox.stamps('up').length === 2, `${way.name} to start the stub again`)
  await calm(1500)
  const askedS = wallClock()
  live.inside(way.askRestart ?? [])
  await until(() => sandbox.stamps('up').length === 3, `${way.name} to restart the stub`)
  const [, second = 0, third = 0] = sandbox.stamps('exec')
  await live.kill()
  return { crashToStart: (second - crashS) * 1000, askedToStart: (third - askedS) * 1000 }
}

/** What 2,000 processes leave whose parents are gone. */
export async function orphans(sandbox: Sandbox, way: Way): Promise<Figures> {
  const live = sandbox.start(way)
  await until(() => sandbox.stamps('up').length > 0, `${way.name} to start the stub`)
  process.kill(stubOf(live), 'SIGUSR1')
  await until(() => sandbox.stamps('orphans').length > 0, `the orphans of ${way.name}`)
  await calm(500)
  const zombies = live.processes().filter((pid) => /\) Z /.test(textOf(`/proc/${pid}/stat`))).length
  await live.kill()
  return { zombies }
}

/** The memory of everything but the stub once nothing happens; our doors were open and asked before. */
export async function idle(sandbox: Sandbox, way: Way): Promise<Figures> {
  const live = sandbox.start(way)
  await until(() => sandbox.stamps('up').length > 0, `${way.name} to start the stub`)
  if (isOurs(way) && way.kind === 'supervisor') {
    await until(() => live.inside(['comfy-init', 'health']) === 0, 'a ready stub')
    for (let probe = 0; probe < 20; probe++) live.inside(['comfy-init', 'health'])
    live.inside(['comfy-init', 'status'])
  }
  await calm(5000)
  const stub = stubOf(live)
  const sizes = live
    .processes()
    .filter((pid) => pid !== stub)
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1]))
  await live.kill()
  return { pssKib: sizes.reduce((sum, size) => sum + size, 0) }
}

const SIGNALS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]

/** How many of all exit codes, and of 15 signals that end the child, an init passes on wrongly. */
export async function exitCodes(sandbox: Sandbox, way: Way): Promise<Figures> {
  const lines = [
    ...Array.from({ length: 256 }, (_, code) => `exit ${code}:${code}`),
    ...SIGNALS.map((signal) => `ulimit -c 0; kill -${signal} $$:${128 + signal}`),
  ]
  const each = 'unshare --pid --mount-proc --fork "$@" sh -c "$line"'
  const loop = `wrong=0; while IFS=: read -r line code; do ${each} </dev/null; [ $? = "$code" ] || wrong=$((wrong+1)); done; echo $wrong`
  const script = `printf '%s\\n' '${lines.join("' '")}' | { ${loop}; }`
  const live = sandbox.start(way, ['sh', '-c', script, 'sh', ...way.command([])])
  await live.ended
  return { wrongCodes: Number(live.out()) }
}

/** The same for a service of ours, which ends the container with its own code when it is never restarted. */
export async function serviceCodes(sandbox: Sandbox, way: Way): Promise<Figures> {
  let wrong = 0
  const endings = [
    ...Array.from({ length: 256 }, (_, code) => [`exit ${code}`, code] as const),
    ...SIGNALS.map((signal) => [`ulimit -c 0; kill -${signal} $$`, 128 + signal] as const),
  ]
  for (const [line, code] of endings) {
    const env = { ...way.env, COMFY_RESTART: 'never', COMFY_PYTHON: '/bench/ends', STUB_LINE: line }
    const live = sandbox.start({ ...way, env })
    if ((await live.ended).code !== code) wrong++
  }
  return { wrongCodes: wrong }
}

function stubOf(live: Live): number {
  const found = live.processes().find((pid) => textOf(`/proc/${pid}/comm`) === 'stub\n')
  if (found === undefined) throw new Error('Cannot find the stub.')
  return found
}

// Milliseconds in which nothing is asked of anybody.
function calm(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 30_000
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`Waited 30 s in vain for ${what}.`)
    await calm(2)
  }
}

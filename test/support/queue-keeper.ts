import { onTestFinished } from 'vitest'
import { type Keeping, queueKeeper } from '../../src/app/queue-keeper.ts'
import { type Event, makeBus } from '../../src/base/event.ts'
import { type Host, realHost } from '../../src/host/host.ts'
import type { queueWorld } from './queue-world.ts'
import { quickClock } from './quick-clock.ts'

type World = Awaited<ReturnType<typeof queueWorld>>
type Run = Awaited<ReturnType<World['start']>>

/** A minute passes in a second: looks come every 83 ms. */
export const HOST = { ...realHost(), clock: quickClock(60) }

/** Restarts after a minute, and drains for as long as it takes. */
export const SETTINGS = { stallMs: 60_000, onStall: 'restart', drainMs: 24 * 3_600_000 } as const

/** A keeper, what it told, and how it was asked to restart ComfyUI. */
export function aKeeper(
  world: World,
  run: Run,
  { host = HOST, ...overrides }: Partial<Keeping> & { host?: Host } = {},
) {
  const bus = makeBus()
  const events: Event[] = []
  const restarts: string[] = []
  bus.listen((event) => events.push(event))
  const ready = { host: '127.0.0.1', port: run.running.port, path: '/prompt' }
  const keeper = queueKeeper(host, {
    ...{ bus, settings: SETTINGS, spec: { name: 'comfyui', ready }, layout: world.layout },
    restart: (why) => restarts.push(why),
    ...overrides,
  })
  onTestFinished(keeper.close)
  const tellState = (state: 'starting' | 'running' | 'stopping' | 'backoff', isSafe = false) =>
    bus.tell({ type: 'service-state', service: 'comfyui', state, pid: run.running.pid, isSafe })
  /** As it is told of one that ended unasked. */
  const tellDeath = () => {
    tellState('backoff')
    const ending = { code: null, signal: 'SIGKILL' } as const
    const { pid } = run.running
    bus.tell({ type: 'service-death', service: 'comfyui', pid, ending, uptimeMs: 1, isSafe: false })
  }
  const told = (condition: string) =>
    events.flatMap((event) =>
      event.type === 'condition' && event.condition === condition ? [event.text ?? 'over'] : [],
    )
  const codes = () => events.flatMap((event) => (event.type === 'problem' ? [event.problem.code] : []))
  passLines(run, (line) =>
    bus.tell({ type: 'service-line', service: 'comfyui', stream: 'stderr', bytes: Buffer.from(line) }),
  )
  return { keeper, bus, events, restarts, tellState, tellDeath, told, codes }
}

/** Tells the lines that a run writes from now on. */
function passLines({ running }: Run, tell: (line: string) => void): void {
  let passed = running.err().length
  const timer = setInterval(() => {
    const end = running.err().lastIndexOf('\n') + 1
    if (end <= passed) return
    for (const line of running
      .err()
      .slice(passed, end - 1)
      .split('\n'))
      tell(line)
    passed = end
  }, 10)
  onTestFinished(() => clearInterval(timer))
}

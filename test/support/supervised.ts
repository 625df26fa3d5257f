import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Event, makeBus } from '../../src/base/event.ts'
import type { ServiceSpec } from '../../src/base/service.ts'
import { type Supervision, type Supervisor, superviseAll } from '../../src/features/supervise/supervise.ts'
import { type Host, realHost } from '../../src/host/host.ts'
import { tempFolder } from './temp-folder.ts'

const MACHINE = realHost()

/** Path of a stub program. */
export function program(name: string): string {
  return join(import.meta.dirname, 'programs', name)
}

/** A log that keeps what is written; after `hold` it takes no more, until `drain`. */
export function keptLog() {
  const chunks: Buffer[] = []
  const waiting: (() => void)[] = []
  const state = { takes: true }
  return {
    hold: () => {
      state.takes = false
    },
    text: () => Buffer.concat(chunks).toString('latin1'),
    bytes: () => chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    drain: () => {
      state.takes = true
      for (const call of waiting.splice(0)) call()
    },
    out: {
      stdout: (chunk: string | Uint8Array) => {
        chunks.push(Buffer.from(chunk))
        return state.takes
      },
      stderr: () => true,
      onDrain: (call: () => void) => void waiting.push(call),
      flush: async () => {},
      isTerminal: false,
    } satisfies Host['out'],
  }
}

/** This machine, with a log that is kept. */
export function hostWith(log: ReturnType<typeof keptLog>): Host {
  return { ...MACHINE, out: log.out, env: {} }
}

/** A service that runs a stub program: essential, INT → TERM → KILL within 900 ms, three deaths are the end. */
export async function aService(
  file: string,
  args: readonly string[] = [],
  overrides: Partial<ServiceSpec> = {},
): Promise<ServiceSpec> {
  const folder = await tempFolder()
  const path = program(file)
  const python = file.endsWith('.py')
  return {
    name: 'stub',
    title: 'Stub',
    file: python ? 'python3' : path,
    args: python ? ['-u', path, ...args] : args,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    cwd: folder,
    essential: true,
    stop: [
      { signal: 'SIGINT', graceMs: 400 },
      { signal: 'SIGTERM', graceMs: 200 },
      { signal: 'SIGKILL', graceMs: 300 },
    ],
    restart: {
      when: 'on-failure',
      limit: 3,
      windowMs: 60_000,
      firstDelayMs: 1,
      mostDelayMs: 2,
      hopeless: [2],
    },
    ready: { host: '127.0.0.1', port: 9, path: '/prompt' },
    logFile: `${folder}/logs/stub.log`,
    ...overrides,
  }
}

/** A clock on which so many times more time passes. */
export function fasterClock(times: number): Host['clock'] {
  const { clock } = MACHINE
  return {
    now: clock.now,
    monotonicMs: () => clock.monotonicMs() * times,
    after: (ms, call) => clock.after(ms / times, call),
    sleep: (ms, signal) => clock.sleep(ms / times, signal),
  }
}

/** Services that run, what was told of them, and their log. They are killed when the test is finished. */
export function supervise(...specs: readonly ServiceSpec[]) {
  return superviseOn({}, specs)
}

/** The same on a machine that differs, or with a choice of what is started. */
export function superviseOn(
  { specFor, ...machine }: Partial<Host> & Pick<Supervision, 'specFor'>,
  specs: readonly ServiceSpec[],
) {
  const log = keptLog()
  const bus = makeBus()
  const events: Event[] = []
  bus.listen((event) => events.push(event))
  const supervisor: Supervisor = superviseAll({ ...hostWith(log), ...machine }, specs, {
    tell: bus.tell,
    specFor,
  })
  onTestFinished(async () => {
    await supervisor.stopAll(0)
  })
  return {
    supervisor,
    log,
    events,
    /** The states told so far, in order. */
    states: () => events.flatMap((event) => (event.type === 'service-state' ? [event.state] : [])),
    /** The pid that a stub said in its first line `WORD PID`. */
    said: (word: string) => {
      const pid = new RegExp(`${word} (\\d+)\\n`).exec(log.text())?.[1]
      return pid === undefined ? undefined : Number(pid)
    },
  }
}

/** True while a process is there and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat[stat.lastIndexOf(')') + 2] !== 'Z'
  } catch {
    return false
  }
}

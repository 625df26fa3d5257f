import type { Desk } from '../../src/cli/desk.ts'
import { type Host, realHost } from '../../src/host/host.ts'

/** A host that really acts, except that what it prints is kept. */
export type CapturingHost = {
  readonly host: Host
  readonly out: () => string
  readonly err: () => string
}

const REAL = realHost()

/** A real host whose output is captured; no terminal, and an environment of its own. */
export function capturingHost(overrides: Partial<Host> = {}): CapturingHost {
  const said = { out: '', err: '' }
  const take = (stream: 'out' | 'err') => (chunk: string | Uint8Array) => {
    said[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    return true
  }
  const host: Host = {
    ...REAL,
    env: { PATH: process.env.PATH },
    terminals: { stdin: false, stdout: false, stderr: false },
    out: {
      stdout: take('out'),
      stderr: take('err'),
      onDrain: (call) => call(),
      flush: async () => {},
      isTerminal: false,
    },
    ...overrides,
  }
  return { host, out: () => said.out, err: () => said.err }
}

/** A desk whose acts all refuse to be asked, but for those given. */
export function aDesk(host: Host, acts: Partial<Desk['acts']> = {}): Desk {
  const unasked = (name: string) => async () => {
    throw new Error(`Nobody should ask for ${name}.`)
  }
  return {
    host,
    openDoors: async () => ({ close: async () => {} }),
    acts: {
      boot: unasked('boot'),
      ask: unasked('ask'),
      planOnly: unasked('planOnly'),
      doctor: unasked('doctor'),
      ...acts,
    },
  }
}

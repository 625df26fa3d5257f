import { type Archive, realArchive } from './archive.ts'
import { type Clock, realClock } from './clock.ts'
import { type Download, realDownload } from './download.ts'
import { type Exec, realExec } from './exec.ts'
import { type Fs, realFs } from './fs.ts'
import { type Memory, realMemory } from './memory.ts'
import { type Net, realNet } from './net.ts'
import { type Out, realOut } from './out.ts'
import type { Reaper } from './reaper/marker.ts'
import { realSignals, type Signals } from './signals.ts'
import { realTerminals, type Terminals } from './terminals.ts'
import { realUsers, type Users } from './users.ts'

/** The only hands of the program: every effect is a method of this object, and none of them decides anything. */
export type Host = {
  readonly fs: Fs
  readonly exec: Exec
  readonly net: Net
  readonly download: Download
  readonly archive: Archive
  readonly clock: Clock
  readonly users: Users
  readonly signals: Signals
  readonly out: Out
  readonly memory: Memory
  readonly terminals: Terminals
  /** The environment as the container gave it; never changed. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly self: Self
  /** A number from 0 to 1, the latter excluded, that nobody can foresee. */
  readonly chance: () => number
}

/** This process: its ids and the file it runs from. */
export type Self = {
  readonly pid: number
  readonly ppid: number
  readonly file: string
  readonly arch: string
  /** Who started this process, where that is known. */
  readonly reaper?: Reaper['kind']
}

/** True where an init runs this process in place of PID 1: it reaps, and knows nothing of stopping and going on. */
export function isBelowInit({ self }: Pick<Host, 'self'>): boolean {
  return self.reaper === 'image' || self.reaper === 'embedded'
}

/** The Host that really acts on this machine; `reaper` is who started this process. */
export function realHost(reaper: Reaper = { kind: 'foreign', path: '' }): Host {
  return {
    fs: realFs(),
    exec: realExec(reaper.kind),
    net: realNet(),
    download: realDownload(),
    archive: realArchive(),
    clock: realClock(),
    users: realUsers(),
    signals: realSignals(),
    out: realOut(),
    memory: realMemory(),
    terminals: realTerminals(),
    env: Object.freeze({ ...process.env }),
    self: {
      pid: process.pid,
      ppid: process.ppid,
      file: process.execPath,
      arch: process.arch,
      reaper: reaper.kind,
    },
    chance: Math.random,
  }
}

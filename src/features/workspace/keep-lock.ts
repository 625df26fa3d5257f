import type { Layout } from '../../base/layout.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Host } from '../../host/host.ts'
import type { LockFile } from '../../host/lock-file.ts'
import { type LockRecord, parseRecord, recordText } from './lock-owner.ts'

/** The workspace's lock while it is ours. */
export type Held = {
  /** Aborted, with a Problem as its reason, when another has the lock or may take it: nothing in the workspace may be changed then. */
  readonly lost: AbortSignal
  /** Says that the workspace is free, and lets go of it. Never rejects, and takes no longer than 2 s. */
  readonly release: () => Promise<void>
}

/** A lock that was just taken; `isAlone`: while the file is locked nobody can take it, whatever it says. */
export type Keeping = Pick<Layout, 'lockFile' | 'workspace'> & {
  readonly file: LockFile
  readonly record: LockRecord
  readonly isAlone: boolean
}

/** How often the owner shows that it lives, milliseconds. */
const BEAT_MS = 5000

/** Silent for so long, the owner gives up: less than what makes others believe that it ended, milliseconds. */
const SILENT_MS = 15_000

/** Longest wait for a filesystem that does not answer any more, milliseconds. */
const RELEASE_MS = 2000

/** Where these keep us from writing, they keep others from taking the lock as well. */
const HARMLESS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'ENOENT'])

/** Beats from now on, until the lock is released or lost. */
export function keepLock(host: Host, keeping: Keeping): Held {
  const keeper = new Keeper(host, keeping)
  return { lost: keeper.lost, release: () => keeper.release() }
}

class Keeper {
  readonly #host: Host
  readonly #keeping: Keeping
  readonly #lost = new AbortController()
  #file: LockFile
  #beat: number
  #beatenMs: number
  #working: Promise<void> | undefined
  #cancel: () => void
  #released: Promise<void> | undefined

  constructor(host: Host, keeping: Keeping) {
    this.#host = host
    this.#keeping = keeping
    this.#file = keeping.file
    this.#beat = keeping.record.beat
    this.#beatenMs = host.clock.monotonicMs()
    this.#cancel = host.clock.after(BEAT_MS, () => this.#tick())
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  release(): Promise<void> {
    this.#released ??= this.#release()
    return this.#released
  }

  async #release(): Promise<void> {
    this.#cancel()
    const done = new AbortController()
    const end = this.#letGo()
      .catch(() => this.#file.close())
      .catch(() => {})
    const { clock } = this.#host
    await Promise.race([end.then(() => done.abort()), clock.sleep(RELEASE_MS, done.signal)])
  }

  #tick(): void {
    if (this.#working !== undefined) this.#loseAfterSilence('ETIMEDOUT')
    this.#working ??= this.#goOn().finally(() => {
      this.#working = undefined
    })
    if (!this.lost.aborted) this.#cancel = this.#host.clock.after(BEAT_MS, () => this.#tick())
  }

  async #goOn(): Promise<void> {
    const startMs = this.#host.clock.monotonicMs()
    try {
      const owner = await this.#ownerNow()
      if (owner !== undefined && owner.token !== this.#keeping.record.token) return this.#lose(owner)
      this.#beat++
      await this.#write('held')
      this.#beatenMs = startMs
    } catch (error) {
      this.#loseAfterSilence(systemCode(error) ?? 'EIO')
    }
  }

  // A file that was removed, or replaced from a backup, is locked anew where nobody else was faster.
  async #ownerNow(): Promise<LockRecord | undefined> {
    const { fs } = this.#host
    const { lockFile } = this.#keeping
    if (!(await this.#file.isInPlace())) {
      const again = await fs.lockFile(lockFile)
      const isTaken = again.state === 'refused'
      await (isTaken ? again : this.#file).close()
      if (!isTaken) this.#file = again
    }
    return parseRecord(await fs.readText(lockFile))
  }

  #write(state: LockRecord['state']): Promise<void> {
    const { record, isAlone } = this.#keeping
    return this.#file.write(recordText({ ...record, beat: this.#beat, state }), { sync: !isAlone })
  }

  #loseAfterSilence(code: string): void {
    const isSilent = this.#host.clock.monotonicMs() - this.#beatenMs >= SILENT_MS
    if (isSilent && !this.#keeping.isAlone && !HARMLESS.has(code)) this.#lose(undefined, code)
  }

  #lose(owner: LockRecord | undefined, code?: string): void {
    const silentMs = this.#host.clock.monotonicMs() - this.#beatenMs
    const details = { path: this.#keeping.workspace, owner, code, silentMs }
    this.#lost.abort(new Problem('LOCK_LOST', details))
  }

  async #letGo(): Promise<void> {
    await this.#working
    const isOurs = !this.lost.aborted && (await this.#ownerNow())?.token === this.#keeping.record.token
    if (isOurs) await this.#write('released')
    await this.#file.close()
  }
}

import type { Tell } from '../../base/event.ts'
import type { Ending } from '../../base/exit-code.ts'
import type { Problem } from '../../base/problem.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Started } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import { livingMembers, untilEmpty } from './group.ts'
import { type Mode, neverStarted, type ServiceCommand, type ServiceEvent, type ServiceNow } from './life.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import { next } from './machine.ts'
import { isNews, stateEvent } from './news.ts'
import type { Outlet } from './outlet.ts'
import { forwardOutput, type Output } from './output.ts'
import { untilPortFree } from './port-wait.ts'
import { untilReady } from './readiness.ts'
import { takeMarker } from './restart-marker.ts'
import { type Run, tellDeath } from './run.ts'
import { type SafeMode, safeMode } from './safe-mode.ts'
import { gaveUp, logFileStopped, type StartFailure, startFailure, stillTaken } from './service-problems.ts'
import { untilSilent } from './silence.ts'
import { type SpecFor, type Variant, variants } from './variant.ts'

/** Who is told about a service. */
export type Listeners = {
  readonly tell: Tell
  readonly outlet: Outlet
  readonly onChanged: () => void
  /** It ended for good by itself; its last lines are out. */
  readonly onOver: (ending: Ending, why: string) => void
  /** What is started in a mode; the spec itself where it is not given. */
  readonly specFor?: SpecFor | undefined
  /** How long its log files are kept, milliseconds; for ever where it is not given. */
  readonly logAgeMs?: number | undefined
}

type Untimed<E> = E extends unknown ? Omit<E, 'atMs'> : never
type Happening = Untimed<ServiceEvent>

/** What a person or a stopping container asks of a service. */
export type Asked = Extract<Happening, { readonly type: 'start-asked' | 'restart-asked' | 'stop-asked' }>

/** One service: obeys the machine's commands through the host and feeds it what happens. It is not started yet. */
export class Driver {
  readonly spec: ServiceSpec
  now: ServiceNow = neverStarted
  /** Wall clock of the last change of state, milliseconds since 1970. */
  sinceMs: number
  /** Something of its last run had to be killed. */
  wasKilled = false

  readonly #host: Host
  readonly #to: Listeners
  readonly #logFile: LogFile
  readonly #safeMode: SafeMode
  readonly #variant: (mode: Mode, signal: AbortSignal) => Promise<Variant>
  readonly #outputs = new Set<Output>()
  /** Deaths that wait for their last lines to be told. */
  readonly #tellings = new Set<Promise<void>>()
  readonly #queue: Happening[] = []
  readonly #closed = new AbortController()
  /** Aborted whenever the state changes: whoever waits on behalf of an earlier state stops waiting. */
  #stay = new AbortController()
  #cancelWake = () => {}
  #isTurning = false
  #unstartable: Problem | undefined
  #run: Run | undefined

  constructor(host: Host, spec: ServiceSpec, listeners: Listeners) {
    this.#host = host
    this.#to = listeners
    this.spec = spec
    this.sinceMs = host.clock.now()
    this.#safeMode = safeMode(spec, listeners.tell)
    this.#variant = variants(spec, listeners.specFor)
    this.#logFile = openLogFile(host, spec.logFile, {
      mostAgeMs: listeners.logAgeMs,
      onFailed: (error) => listeners.tell({ type: 'problem', problem: logFileStopped(spec, error) }),
    })
  }

  ask(asked: Asked): void {
    this.#feed(asked)
  }

  /** Kills what may be left of its group, then lets its output come to an end; to be called once it is at rest. */
  async close(): Promise<void> {
    const { life } = this.now
    this.#closed.abort()
    this.#cancelWake()
    if ('pid' in life && life.pid !== undefined) this.#host.signals.send(-life.pid, 'SIGKILL')
    await this.#drained()
    for (const output of this.#outputs) output.close()
    await this.#logFile.close()
  }

  // Listeners may ask for something while they are told: it waits its turn.
  #feed(happening: Happening): void {
    this.#queue.push(happening)
    if (this.#isTurning) return
    this.#isTurning = true
    for (let each = this.#queue.shift(); each !== undefined; each = this.#queue.shift()) this.#turn(each)
    this.#isTurning = false
  }

  #turn(happening: Happening): void {
    const before = this.now
    const atMs = this.#host.clock.monotonicMs()
    const [after, commands] = next(before, { ...happening, atMs }, this.spec)
    this.now = after
    if (after.life.state !== before.life.state || commands.some((each) => each.do === 'spawn')) {
      this.#cancelWake()
      this.#stay.abort()
      this.#stay = new AbortController()
      this.sinceMs = this.#host.clock.now()
    }
    for (const command of commands) this.#obey(command)
    if (after.life.state === 'stopped') this.#safeMode.leave()
    this.#follow(happening)
    if (!isNews(before, after)) return
    this.#to.tell(stateEvent(this.spec, after))
    this.#to.onChanged()
  }

  #follow({ type }: Happening): void {
    const { state } = this.now.life
    if (state === 'starting' && (type === 'spawned' || type === 'went-silent')) void this.#askUntilReady()
    if (state === 'running' && type === 'answered') void this.#askUntilSilent()
  }

  #obey(command: ServiceCommand): void {
    switch (command.do) {
      case 'spawn':
        void this.#start(command.mode)
        return
      case 'signal':
        if (command.signal === 'SIGKILL') this.wasKilled = true
        this.#host.signals.send(-command.pid, command.signal)
        return
      case 'wake':
        this.#cancelWake()
        this.#cancelWake = this.#host.clock.after(command.afterMs, () => this.#feed({ type: command.with }))
        return
      case 'watch-group':
        void this.#watch(command.pid)
        return
      case 'tell-death':
        this.#tellDeath(command.ending)
        return
      case 'over':
        void this.#over(command.ending, command.gaveUp)
        return
    }
  }

  async #start(mode: Mode): Promise<void> {
    const host = this.#host
    const stay = this.#stay.signal
    const isFirst = this.now.past.starts === 1
    this.wasKilled = false
    await takeMarker(host.fs, this.spec.restartMarker)
    const { spec, without } = await this.#variant(mode, stay)
    const holder = isFirst ? undefined : await untilPortFree(host, spec.ready, stay)
    if (stay.aborted) return this.#feed({ type: 'called-off' })
    if (holder !== undefined) return this.#refuse(stillTaken(spec, holder, this.now.past.lastEnding))
    if (mode === 'safe') this.#safeMode.enter(this.now.past.why, without)
    else this.#safeMode.leave()
    const run = await this.#spawn(spec, mode)
    if (run === undefined) return
    const ending = await run.exited
    const restartAsked = await takeMarker(host.fs, this.spec.restartMarker)
    const left = (await livingMembers(host, run.pid)).length > 0
    this.#feed({ type: 'exited', ending, restartAsked, left, chance: host.chance() })
  }

  async #spawn(spec: ServiceSpec, mode: Mode): Promise<Started | undefined> {
    try {
      const started = await this.#host.exec.start(spec)
      this.#unstartable = undefined
      const output = this.#forward(started)
      const startMs = this.#host.clock.monotonicMs()
      this.#run = { service: spec.name, pid: started.pid, mode, startMs, output }
      if (!started.hasOwnLimits && this.now.past.starts === 1)
        this.#to.tell({ type: 'note', level: 'debug', text: RAISED })
      this.#feed({ type: 'spawned', pid: started.pid })
      return started
    } catch (error) {
      const failure = startFailure(spec, error)
      this.#unstartable = failure.problem
      this.#feed({ type: 'spawn-failed', ...failure, chance: this.#host.chance() })
      return undefined
    }
  }

  #refuse(failure: StartFailure): void {
    this.#unstartable = undefined
    this.#to.tell({ type: 'problem', problem: failure.problem })
    this.#feed({ type: 'spawn-failed', ...failure, chance: this.#host.chance() })
  }

  #forward(started: Started): Output {
    const { tell, outlet } = this.#to
    const sinks = { service: this.spec.name, clock: this.#host.clock, logFile: this.#logFile, tell, outlet }
    const output = forwardOutput(started, sinks)
    this.#outputs.add(output)
    void output.ended.then(() => this.#outputs.delete(output))
    return output
  }

  #tellDeath(ending: Ending): void {
    if (this.#run === undefined) return
    const telling = tellDeath(this.#run, ending, { clock: this.#host.clock, tell: this.#to.tell })
    this.#tellings.add(telling)
    void telling.then(() => this.#tellings.delete(telling))
  }

  async #watch(pid: number): Promise<void> {
    if (await untilEmpty(this.#host, pid, this.#closed.signal)) this.#feed({ type: 'group-empty' })
  }

  async #askUntilReady(): Promise<void> {
    if (await untilReady(this.#host, this.spec.ready, this.#stay.signal)) this.#feed({ type: 'answered' })
  }

  async #askUntilSilent(): Promise<void> {
    if (await untilSilent(this.#host, this.spec.ready, this.#stay.signal)) this.#feed({ type: 'went-silent' })
  }

  async #over(ending: Ending, isGivenUp: boolean): Promise<void> {
    const why = this.now.past.why ?? 'it ended'
    await this.#drained()
    const problem = this.#unstartable ?? gaveUp(this.spec, why)
    if (isGivenUp) this.#to.tell({ type: 'problem', problem })
    this.#to.onOver(ending, why)
  }

  async #drained(): Promise<void> {
    await Promise.all([...this.#tellings, ...[...this.#outputs].map((output) => output.drained())])
  }
}

const RAISED = 'Cannot change the limit of open files here: services have ours, the highest.'

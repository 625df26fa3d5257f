import type { Event, Tell } from '../../base/event.ts'
import type { Ending } from '../../base/exit-code.ts'
import type { Problem } from '../../base/problem.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Started } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'
import { livingMembers, untilEmpty } from './group.ts'
import { neverStarted, type ServiceCommand, type ServiceEvent, type ServiceNow } from './life.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import { next } from './machine.ts'
import type { Outlet } from './outlet.ts'
import { forwardOutput, type Output } from './output.ts'
import { untilReady } from './readiness.ts'
import { takeMarker } from './restart-marker.ts'
import { gaveUp, logFileStopped, startFailure } from './service-problems.ts'

/** Who is told about a service. */
export type Listeners = {
  readonly tell: Tell
  readonly outlet: Outlet
  readonly onChanged: () => void
  /** It ended for good by itself; its last lines are out. */
  readonly onOver: (ending: Ending, why: string) => void
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
  /** Something of it had to be killed. */
  wasKilled = false

  readonly #host: Host
  readonly #to: Listeners
  readonly #logFile: LogFile
  readonly #outputs = new Set<Output>()
  readonly #queue: Happening[] = []
  readonly #closed = new AbortController()
  /** Aborted whenever the state changes: whoever waits on behalf of an earlier state stops waiting. */
  #stay = new AbortController()
  #cancelWake = () => {}
  #isTurning = false
  #unstartable: Problem | undefined

  constructor(host: Host, spec: ServiceSpec, listeners: Listeners) {
    this.#host = host
    this.#to = listeners
    this.spec = spec
    this.sinceMs = host.clock.now()
    this.#logFile = openLogFile(host.fs, spec.logFile, {
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
    if (happening.type === 'spawned' && after.life.state === 'starting') void this.#askUntilReady()
    if (!isNews(before, after)) return
    this.#to.tell(stateEvent(this.spec, after))
    this.#to.onChanged()
  }

  #obey(command: ServiceCommand): void {
    switch (command.do) {
      case 'spawn':
        void this.#run()
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
      case 'over':
        void this.#over(command.ending, command.gaveUp)
        return
    }
  }

  async #run(): Promise<void> {
    const host = this.#host
    await takeMarker(host.fs, this.spec.restartMarker)
    const started = await this.#start()
    if (started === undefined) return
    const ending = await started.exited
    const restartAsked = await takeMarker(host.fs, this.spec.restartMarker)
    const left = (await livingMembers(host, started.pid)).length > 0
    this.#feed({ type: 'exited', ending, restartAsked, left })
  }

  async #start(): Promise<Started | undefined> {
    try {
      const started = await this.#host.exec.start(this.spec)
      this.#unstartable = undefined
      this.#forward(started)
      this.#feed({ type: 'spawned', pid: started.pid })
      return started
    } catch (error) {
      const { problem, ending, hopeless } = startFailure(this.spec, error)
      this.#unstartable = problem
      this.#feed({ type: 'spawn-failed', ending, hopeless })
      return undefined
    }
  }

  #forward(started: Started): void {
    const { tell, outlet } = this.#to
    const sinks = { service: this.spec.name, clock: this.#host.clock, logFile: this.#logFile, tell, outlet }
    const output = forwardOutput(started, sinks)
    this.#outputs.add(output)
    void output.ended.then(() => this.#outputs.delete(output))
  }

  async #watch(pid: number): Promise<void> {
    if (await untilEmpty(this.#host, pid, this.#closed.signal)) this.#feed({ type: 'group-empty' })
  }

  async #askUntilReady(): Promise<void> {
    if (await untilReady(this.#host, this.spec.ready, this.#stay.signal)) this.#feed({ type: 'answered' })
  }

  async #over(ending: Ending, isGivenUp: boolean): Promise<void> {
    const why = this.now.past.why ?? 'it ended'
    await this.#drained()
    const problem = this.#unstartable ?? gaveUp(this.spec, why)
    if (isGivenUp) this.#to.tell({ type: 'problem', problem })
    this.#to.onOver(ending, why)
  }

  async #drained(): Promise<void> {
    await Promise.all([...this.#outputs].map((output) => output.drained()))
  }
}

// A start is told once its process is there; until then nothing of it can be seen.
function isNews(before: ServiceNow, after: ServiceNow): boolean {
  if (after.life.state !== 'starting') return after.life.state !== before.life.state
  return after.life.pid !== undefined && after.life !== before.life
}

function stateEvent(spec: ServiceSpec, { life, past }: ServiceNow): Event {
  const pid = 'pid' in life ? life.pid : undefined
  return {
    type: 'service-state',
    service: spec.name,
    state: life.state,
    ...(pid === undefined ? {} : { pid }),
    ...(past.why === undefined ? {} : { why: past.why }),
  }
}

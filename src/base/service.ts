/** One rung of a stop ladder: send this signal to the group, then wait so long (milliseconds). */
export type Rung = { readonly signal: NodeJS.Signals; readonly graceMs: number }

/** When a service that ended is started again. */
export type RestartPolicy = {
  readonly when: 'never' | 'on-failure' | 'always'
  /** Gives up after this many deaths within the window (milliseconds). */
  readonly limit: number
  readonly windowMs: number
  /** Wait before the first restart; doubled each time up to the most. */
  readonly firstDelayMs: number
  readonly mostDelayMs: number
  /** Own exit codes after which another try is pointless, e.g. 2 for bad arguments. */
  readonly hopeless: readonly number[]
  /** From the limit on it is started once more, in safe mode, before it is given up. */
  readonly hasSafeMode?: boolean
}

/** Everything needed to run and judge one service. */
export type ServiceSpec = {
  readonly name: string
  readonly title: string
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** The container ends when an essential service ends for good; any other only makes it degraded. */
  readonly essential: boolean
  readonly stop: readonly Rung[]
  readonly restart: RestartPolicy
  /** Ready when GET on this address answers 200; `over: 'tls'` where only a TCP connection can be tried. */
  readonly ready: {
    readonly host: string
    readonly port: number
    readonly path: string
    readonly over?: 'tls'
  }
  /** A file that, found after an exit, says that the restart was asked for (ComfyUI-Manager). */
  readonly restartMarker?: string
  readonly logFile: string
  /** Added to oom_score_adj: the higher, the sooner the kernel chooses it when memory is short. */
  readonly oomScore?: number
  /** Soft limit of open files; undefined leaves the container's own. */
  readonly openFiles?: number
}

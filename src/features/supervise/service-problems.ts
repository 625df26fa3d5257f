import type { Ending } from '../../base/exit-code.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Holder } from './port-holder.ts'

/**
 * What a failed start means. `hopeless`: trying again cannot help; anything else (memory, process limits) may pass. `what`
 * says it where the ending does not.
 */
export type StartFailure = {
  readonly problem: Problem
  readonly ending: Ending
  readonly hopeless: boolean
  readonly what?: string
}

const HOPELESS = ['ENOENT', 'ENOTDIR', 'EACCES', 'ENOEXEC', 'E2BIG']

/** Judges the system's error of a start. The ending has the code that a shell gives: 127 not found, else 126. */
export function startFailure(spec: ServiceSpec, error: unknown): StartFailure {
  const reason = systemCode(error) ?? 'EIO'
  const { title, file, cwd } = spec
  const problem = new Problem(
    'SERVICE_NOT_STARTED',
    { title, file, cwd, reason },
    { cause: error, level: levelOf(spec) },
  )
  const code = reason === 'ENOENT' ? 127 : 126
  return { problem, ending: { code, signal: null }, hopeless: HOPELESS.includes(reason) }
}

/** The service's port is still another's. If nothing changes that, its ending stays that of its last run. */
export function stillTaken(spec: ServiceSpec, holder: Holder, lastEnding: Ending | undefined): StartFailure {
  const { title, ready } = spec
  const problem = new Problem('SERVICE_PORT_TAKEN', { title, port: ready.port, ...holder })
  const ending = lastEnding ?? { code: 1, signal: null }
  return { problem, ending, hopeless: false, what: `port ${ready.port} is taken` }
}

/** The service ended too often, or in a way that another try cannot change; only an essential one is the end. */
export function gaveUp(spec: ServiceSpec, why: string): Problem {
  return new Problem(
    'SERVICE_GAVE_UP',
    { title: spec.title, why, logFile: spec.logFile },
    { level: levelOf(spec) },
  )
}

/** The service's log file takes no more. */
export function logFileStopped(spec: ServiceSpec, error: unknown): Problem {
  return new Problem(
    'LOG_FILE_STOPPED',
    { path: spec.logFile, reason: systemCode(error) ?? 'EIO' },
    { cause: error },
  )
}

function levelOf(spec: ServiceSpec) {
  return spec.essential ? 'blocking' : 'warning'
}

import type { Ending } from '../../base/exit-code.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { ServiceSpec } from '../../base/service.ts'

/** What a failed start means. `hopeless`: trying again cannot help; anything else (memory, process limits) may pass. */
export type StartFailure = { readonly problem: Problem; readonly ending: Ending; readonly hopeless: boolean }

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

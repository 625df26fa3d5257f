import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

const MIB = 1024 ** 2

/** Below this ComfyUI with torch is killed before it has loaded any model. */
const LEAST_MEMORY_BYTES = 2048 * MIB

/** Docker gives 64 MiB; a part of them may be in use. */
const LEAST_FREE_SHM_BYTES = 48 * MIB

/** Limits that ComfyUI can start with and will run into; each is a warning. */
export function checkLimits(_: Settings, { limits, nowMs }: Facts): readonly Problem[] {
  const { memoryBytes, shmBytes, clockIsWrong } = limits
  return [
    ...(memoryBytes !== undefined && memoryBytes < LEAST_MEMORY_BYTES
      ? [new Problem('MEMORY_LOW', { bytes: memoryBytes })]
      : []),
    ...(shmBytes !== undefined && shmBytes < LEAST_FREE_SHM_BYTES
      ? [new Problem('SHM_SMALL', { bytes: shmBytes })]
      : []),
    ...(clockIsWrong ? [new Problem('CLOCK_WRONG', { nowMs })] : []),
  ]
}

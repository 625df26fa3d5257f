import { dirname } from 'node:path'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Step } from '../../engine/plan.ts'

/** Writes the extra-model-paths file, or removes it when there is no text. A crash leaves the old file or the new. */
export function writePaths(path: string, text: string | undefined): Step {
  return {
    id: 'models/write-paths',
    title: text === undefined ? `Remove ${path}` : `Write the shared model folders to ${path}`,
    changes: [path],
    ifFails: 'go-on',
    async apply(host) {
      if ((await host.fs.readText(path)) === text) return 'not-needed'
      try {
        await host.fs.makeFolder(dirname(path))
        await (text === undefined ? host.fs.remove(path) : host.fs.write(path, text))
        return 'done'
      } catch (error) {
        const details = { path, code: systemCode(error) ?? 'EIO' }
        throw new Problem('MODEL_PATHS_NOT_WRITTEN', details, { cause: error })
      }
    },
  }
}

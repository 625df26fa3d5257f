import { Problem, systemCode } from '../../base/problem.ts'
import type { Step } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'

/** Makes a folder where it is absent and gives it, and nothing in it, to the workspace's person. A crash leaves the folder root's. */
export function takeFolder(path: string, { who }: Facts): Step {
  const { uid, gid } = who.target
  return {
    id: 'workspace/take-folder',
    title: `Give ${path} to ${uid}:${gid}`,
    changes: [path],
    as: 'root',
    ifFails: 'stop',
    async apply(host) {
      try {
        await host.fs.makeFolder(path)
        if ((await host.fs.follow(path))?.uid === uid) return 'not-needed'
        await host.fs.own(path, uid, gid)
        return 'done'
      } catch (error) {
        throw new Problem(
          'WORKSPACE_NOT_TAKEN',
          { path, uid, gid, code: systemCode(error) ?? 'EIO' },
          { cause: error },
        )
      }
    },
  }
}

import type { TreePlaces } from '../../base/layout.ts'
import type { Step } from '../../engine/plan.ts'

/** Forgets what a person asked for, once there is nothing to be done about it. */
export function clearWish({ wish }: TreePlaces): Step {
  return {
    id: 'workspace/clear-wish',
    title: 'Forget what was asked for: there is nothing to do about it',
    changes: [wish],
    ifFails: 'go-on',
    async apply(host) {
      await host.fs.remove(wish)
      return 'done'
    },
  }
}

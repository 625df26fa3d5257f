import type { TreePlaces } from '../../base/layout.ts'
import type { Step } from '../../engine/plan.ts'

/** Removes half a copy that a cut or failed boot left and that nobody will finish. A crash leaves less of it. */
export function clearStaging({ next }: TreePlaces): Step {
  return {
    id: 'workspace/clear-staging',
    title: 'Remove the half copy of ComfyUI that an earlier boot left',
    changes: [next.folder],
    ifFails: 'go-on',
    async apply(host) {
      await host.fs.remove(next.folder)
      return 'done'
    },
  }
}

import type { Layout } from '../../base/layout.ts'
import type { Step } from '../../engine/plan.ts'
import type { Host } from '../../host/host.ts'

/** Where a copy of the image tree is staged: in our own folder, or beside the tree where that is another filesystem. */
export function stagingPlaces({ staging, workspace }: Layout): readonly [string, string] {
  return [`${staging}/ComfyUI`, `${workspace}/.ComfyUI.partial`]
}

/** Removes half a copy that a cut or failed boot left and that nobody will finish. A crash leaves less of it. */
export function clearStaging(layout: Layout): Step {
  const places = stagingPlaces(layout)
  return {
    id: 'workspace/clear-staging',
    title: 'Remove the half copy of ComfyUI that an earlier boot left',
    changes: places,
    ifFails: 'go-on',
    async apply(host) {
      await removeStaged(host, layout)
      return 'done'
    },
  }
}

/** Removes what is staged. */
export async function removeStaged(host: Host, layout: Layout): Promise<void> {
  for (const place of stagingPlaces(layout)) await host.fs.remove(place)
}

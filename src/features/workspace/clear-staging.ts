import { dirname } from 'node:path'
import type { TreePlaces } from '../../base/layout.ts'
import type { Step } from '../../engine/plan.ts'
import type { ImageTree } from '../../facts/facts.ts'
import type { Declined } from '../../facts/tree-facts.ts'

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

/** Notes that an image's ComfyUI is not taken, and why, until somebody asks for it. */
export function decline({ declined }: TreePlaces, { image, why }: Declining): Step {
  return {
    id: 'workspace/decline',
    title: `Note that ComfyUI ${image.version ?? image.identity} is not taken: ${why}`,
    changes: [declined],
    ifFails: 'go-on',
    async apply(host) {
      const noted: Declined = { image: image.identity, why, by: 'changes' }
      await host.fs.makeFolder(dirname(declined))
      await host.fs.write(declined, `${JSON.stringify(noted)}\n`)
      return 'done'
    },
  }
}

type Declining = { readonly image: ImageTree; readonly why: string }

import { dirname } from 'node:path'
import type { TreePlaces } from '../../base/layout.ts'
import type { Step } from '../../engine/plan.ts'
import type { ImageTree } from '../../facts/facts.ts'
import type { Declined } from '../../facts/tree-facts.ts'

/** Notes that an image's ComfyUI is not taken, and why, until somebody asks for it. A crash leaves the note or none. */
export function declineImage(
  { declined }: TreePlaces,
  { image, why }: { readonly image: ImageTree; readonly why: string },
): Step {
  return {
    id: 'workspace/decline-image',
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

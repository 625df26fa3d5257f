import { isOwnTarget } from '../../base/own-link.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import type { Step } from '../../engine/plan.ts'
import type { Host } from '../../host/host.ts'
import type { NodeLinks } from './image-nodes.ts'
import { isAmong } from './presence.ts'

/** Makes and removes links in custom_nodes. A crash leaves some of them; the next boot does the rest. */
export function linkNodes(customNodes: string, { make, remove }: NodeLinks): Step {
  const names = shortList(make.map((each) => each.name))
  return {
    id: 'nodes/link-image-nodes',
    title: make.length > 0 ? `Link ${names} from the image` : `Remove stale links from ${customNodes}`,
    changes: [...make.map(({ name }) => `${customNodes}/${name}`), ...remove],
    ifFails: 'go-on',
    async apply(host) {
      try {
        const removed = await removeLinks(host, remove)
        const made = await makeLinks(host, customNodes, make)
        return removed || made ? 'done' : 'not-needed'
      } catch (error) {
        const details = { path: customNodes, code: systemCode(error) ?? 'EIO' }
        throw new Problem('NODES_NOT_LINKED', details, { cause: error })
      }
    },
  }
}

async function removeLinks(host: Host, remove: NodeLinks['remove']): Promise<boolean> {
  let changed = false
  for (const path of remove)
    if (isOwnTarget(await host.fs.readLink(path))) {
      await host.fs.remove(path)
      changed = true
    }
  return changed
}

async function makeLinks(host: Host, customNodes: string, make: NodeLinks['make']): Promise<boolean> {
  const there = (await host.fs.list(customNodes)) ?? []
  const absent = make.filter(({ name }) => !isAmong(name, there))
  for (const { name, target } of absent) await host.fs.link(target, `${customNodes}/${name}`)
  return absent.length > 0
}

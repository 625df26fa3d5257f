import { damagedIn, markDamage } from '../../features/packages/whole.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { actOnNodes, type NodesDone } from './act.ts'
import { decideCheck, decideSync } from './decide-nodes.ts'

/** Makes the nodes on the disk what the manifests and locks say, and tries again what failed. A crash leaves it to the next start. */
export function syncNodes(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<NodesDone> {
  return actOnNodes(host, input, {
    prepare: async (_, { scene }) => {
      const current = scene.facts.packages?.current
      const damaged = current === undefined ? [] : await markDamage(host, current)
      return { notes: damaged.map((name) => `Files of the package ${name} were missing or changed.`) }
    },
    decide: decideSync,
  })
}

/** Imports every node once with ComfyUI’s own loader, also when nothing changed, and finds the one that breaks its start. */
export function checkNodes(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<NodesDone> {
  return actOnNodes(host, input, {
    prepare: async (_, { scene }) => {
      const current = scene.facts.packages?.current
      const damaged = current === undefined ? [] : await damagedIn(host.fs, current)
      const lead = 'are missing or changed: comfy-init nodes sync'
      return { notes: damaged.map((name) => `Files of the package ${name} ${lead}`) }
    },
    decide: decideCheck,
  })
}

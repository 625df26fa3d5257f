import type { LockedNode, NodesLock, PackagePin } from '../../../base/node.ts'
import type { WrittenMapping } from '../manifest/keys.ts'

/** A file of another program that says which nodes an instance has. */
export type Format = 'manager' | 'desktop' | 'comfy-cli'

/** What such a file asks for, in our own terms. */
export type Foreign = {
  readonly format: Format
  /** Entries for a manifest. They name no commit or version where the lock holds them to one. */
  readonly entries: readonly WrittenMapping[]
  readonly locked: readonly LockedNode[]
  /** Python packages, without those that only fit the image they came from. */
  readonly packages: readonly PackagePin[]
  readonly comfyui: NodesLock['comfyui']
  /** What could not be carried over, a sentence each. */
  readonly notes: readonly string[]
}

import type { Places } from '../../../base/layout.ts'
import type { Checkout, LockedNode, WantedNode } from '../../../base/node.ts'
import type { Settings } from '../../../settings/settings.ts'
import type { Git } from '../git.ts'

/** One node to get. */
export type ToCheckOut = {
  readonly wanted: WantedNode
  /** `requestOf` the wanted node. */
  readonly request: string
  /** Exactly this, as a lock says. */
  readonly locked: LockedNode | undefined
  /** What came of it in an earlier start. */
  readonly before: Checkout | undefined
}

/** The settings that say where nodes come from. */
export type CheckOutSettings = Pick<
  Settings,
  'gitCredentials' | 'nodeRegistry' | 'nodeTimeoutMs' | 'offline' | 'vendorFolder'
>

/** What getting a node needs besides hands. */
export type CheckOutAbout = {
  readonly settings: CheckOutSettings
  readonly layout: Pick<Places['layout'], 'downloads' | 'personHome'>
  readonly git: Git
  readonly signal: AbortSignal
  /** Hosts that did not answer; shared by nodes that are got together. */
  readonly silent?: Set<string>
  /** Something that a person should know of a node that was got, as a sentence. */
  readonly onNote?: (note: string) => void
}

/** The same for one node. */
export type Getting = CheckOutAbout & {
  /** When the node’s time is over, by `clock.monotonicMs()`. */
  readonly untilMs: number
  /** Hosts that did not answer. */
  readonly silent: Set<string>
}

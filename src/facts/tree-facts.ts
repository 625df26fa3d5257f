import type { TreePlaces } from '../base/layout.ts'

/** The marker inside an adopted tree: which image it is a copy of, what it ran with, and the proof that it was whole. */
export type Marker = {
  readonly layout: 1
  /** Identity of the image's ComfyUI; see comfy-source. */
  readonly image: string
  readonly version: string | undefined
  readonly commit: string | undefined
  /** Digest of its requirements.txt. */
  readonly requirements?: string | undefined
  /** Python, torch and CUDA that ComfyUI ran with when it was adopted: `3.12`, `2.9.1+cu128`, `12.8`. */
  readonly python?: string | undefined
  readonly torch?: string | undefined
  readonly cuda?: string | undefined
  /** Path of the image tree that it is a copy of. */
  readonly from: string
  readonly adoptedAt: string
  /** Files and links, bytes, and a digest of all paths, sizes and times, of the image tree and of the copy alike. */
  readonly files?: number | undefined
  readonly bytes?: number | undefined
  readonly digest?: string | undefined
  /** Kind of image that had left the tree here; absent for a tree that we copied. */
  readonly importedFrom?: string | undefined
}

/** The phases in which one tree takes another one's place, in order; each can be done again. */
export const SWITCH_PHASES = ['fetch', 'retire', 'place', 'carry', 'database', 'finish'] as const

/** One of them. */
export type SwitchPhase = (typeof SWITCH_PHASES)[number]

/** The record of a switch under way: whoever finds it finishes the switch. `from` and `to` are identities. */
export type SwitchRecord = {
  readonly layout: 1
  readonly act: 'adopt' | 'upgrade' | 'rollback'
  readonly phase: SwitchPhase
  readonly from: string | undefined
  readonly to: string
  readonly startedAt: string
  /** The coming ComfyUI is older: it cannot read the database of the leaving one. */
  readonly isOlder: boolean
}

/** What a person asked for at the next start. */
export type Wish = 'upgrade' | 'rollback'

/**
 * The image, by its identity, that is not taken unless somebody asks, and why. Who went back from it wants it not at all; what
 * was changed in the code only keeps it from being taken unasked.
 */
export type Declined = { readonly image: string; readonly why: string; readonly by: 'rollback' | 'changes' }

/** Trees that are not in their place, and what is to become of them. */
export type TreesFacts = {
  readonly places: TreePlaces
  /** A tree is being staged, or was until somebody cut it. */
  readonly isStaged: boolean
  /** Identity of the image that it is of, where a note says so. */
  readonly stagedImage: string | undefined
  readonly previous: Marker | undefined
  readonly wish: Wish | undefined
  readonly declined: Declined | undefined
  /** Changes in the previous tree that git has not described yet. */
  readonly pendingPatch: boolean
}

import type { Checkout, Identity, ImportRecord, NodeFailure, OverlayRecord } from '../base/node.ts'
import type { OverlayPlaces } from '../base/node-places.ts'

/** A manifest as it lies there: the value its YAML stands for, or why it could not be read. */
export type ManifestText = {
  readonly path: string
  readonly value: unknown
  /** In one line without a full stop, with the line number where there is one. */
  readonly fault: string | undefined
  /** Line of each entry of `nodes`, from 1. */
  readonly lines?: readonly number[]
}

/** What is asked for of custom nodes, and what earlier starts made of it. */
export type NodeRecords = {
  /** The image's, then the workspace's; those that are there. */
  readonly manifests: readonly ManifestText[]
  /** Texts of the locks that are there; the workspace's is followed before the image's, and that before the vendor folder's. */
  readonly locks: readonly { readonly path: string; readonly text: string }[]
  /** By folder in lower case. */
  readonly checkouts: ReadonlyMap<string, Checkout>
  readonly imports: ImportRecord | undefined
  /** ComfyUI-Manager was given our defaults before. */
  readonly managerHasDefaults: boolean
}

/** What the image's Python has, and the overlay that lies over it. */
export type PackagesFacts = {
  readonly identity: Identity
  /** Short name of the identity, fit for a folder. */
  readonly key: string
  /** Folders in which the image's Python finds packages, in its order. */
  readonly sites: readonly string[]
  /** Packages in them, by normalised name. */
  readonly versions: ReadonlyMap<string, string>
  /** Text of the image's constraints file. */
  readonly constraints: string | undefined
  readonly places: OverlayPlaces
  /** The overlay in use: complete, and made for this identity. */
  readonly current: Overlay | undefined
  /** The overlay before has packages that were added by hand since, and that this one lacks. */
  readonly hasLate?: boolean
  /** The last try came to nothing. */
  readonly failed: FailedPackages | undefined
}

/** A try that came to no overlay, as kept in `failed.json`. */
export type FailedPackages = { readonly asked: string; readonly failure: NodeFailure; readonly atMs: number }

/** A complete overlay. */
export type Overlay = {
  /** Its own folder, links resolved. */
  readonly path: string
  readonly python: string
  readonly record: OverlayRecord
}

/** Where vendored nodes and overlays of packages lie. */

/** The places in a vendor folder. */
export type VendorPlaces = {
  /** Bare repositories: `<folder of the node>.git`. */
  readonly repositories: string
  /** Archives: `<sha256>.zip`. */
  readonly archives: string
  readonly wheels: string
  readonly lockFile: string
}

/** The paths of a vendor folder. */
export function vendorIn(folder: string): VendorPlaces {
  return {
    repositories: `${folder}/repositories`,
    archives: `${folder}/archives`,
    wheels: `${folder}/wheels`,
    lockFile: `${folder}/nodes.lock.json`,
  }
}

/** Where the overlays of one identity lie. */
export type OverlayPlaces = {
  readonly folder: string
  /** Link to the overlay in use, by its name in the same folder. */
  readonly current: string
  /** What came of the last try where it came to no overlay. */
  readonly failed: string
}

/** The paths of one identity’s overlays; `key` as `identityKey` makes it. */
export function overlaysIn(packages: string, key: string): OverlayPlaces {
  const folder = `${packages}/${key}`
  return { folder, current: `${folder}/current`, failed: `${folder}/failed.json` }
}

/** Name of the file in an overlay that says it is complete, and what it holds. */
export const OVERLAY_RECORD = 'comfy-init.json'

/** Name of the file that leads an overlay's Python to the image's packages. */
export const OVERLAY_PATHS_FILE = 'comfy-init.pth'

/** The paths in an overlay for a Python `3.12`. */
export function overlayPaths(overlay: string, version: string) {
  return {
    bin: `${overlay}/bin`,
    python: `${overlay}/bin/python`,
    site: `${overlay}/lib/python${version}/site-packages`,
    config: `${overlay}/pyvenv.cfg`,
    /** For whoever installs into it later. */
    constraints: `${overlay}/constraints.txt`,
  } as const
}

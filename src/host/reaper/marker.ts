/** Who reaps orphans: an init of the image, the embedded tini, a shell, somebody else's PID 1, or nobody.
 *  The path is the program; empty for foreign and none. */
export type Reaper = {
  readonly kind: 'image' | 'embedded' | 'shell' | 'foreign' | 'none'
  readonly path: string
}

/** The environment variable by which our first start tells the second one what it runs under: «kind:path».
 *  The second start removes it, so no service sees it. */
export const reaperMarker = 'COMFY_INIT_REAPER'

/** What the marker in this environment says; undefined without one. */
export function readMarker(env: NodeJS.ProcessEnv): Reaper | undefined {
  const [, kind, path] = /^(image|embedded|shell):(.+)$/s.exec(env[reaperMarker] ?? '') ?? []
  if (path === undefined) return undefined
  if (kind === 'image' || kind === 'embedded' || kind === 'shell') return { kind, path }
  return undefined
}

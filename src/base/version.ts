import manifest from '../../package.json' with { type: 'json' }

declare const __VERSION__: string | undefined
declare const __COMMIT__: string | undefined

/** The version of this program: of the package, stamped in by the build. */
export const version: string = typeof __VERSION__ === 'string' ? __VERSION__ : manifest.version

/** The git commit the build was made from, shortened; «unknown» outside git, «unbuilt» when run from the sources. */
export const commit: string = typeof __COMMIT__ === 'string' ? __COMMIT__ : 'unbuilt'

import { MARKER } from '../../../base/layout.ts'
import { Problem, systemCode } from '../../../base/problem.ts'
import type { Step } from '../../../engine/plan.ts'
import type { PythonFacts } from '../../../facts/device-facts.ts'
import type { ComfySource, ImageTree } from '../../../facts/facts.ts'
import type { ForeignKind } from '../../../facts/foreign-layout.ts'
import { parseMarker } from '../../../facts/parse-marker.ts'
import { markerOf, writeManifest, writeMarker } from '../marker.ts'
import { listTracked } from './list-tracked.ts'

/** A ComfyUI that another image left in its place. */
export type Taking = {
  readonly home: string
  readonly source: ComfySource
  readonly kind: ForeignKind
  readonly title: string
  readonly mountsInside: readonly string[]
  readonly nowMs: number
  readonly python: PythonFacts | undefined
  /** Our image's own, whose place may become a link to this one. */
  readonly image: ImageTree | undefined
}

/**
 * Makes the tree that another image left ours, by a marker and a list of what git knows in it; no other file is touched. A crash
 * leaves it foreign, perhaps with the list, or ours.
 */
export function takeTree({ home, source, kind, title, ...taking }: Taking): Step {
  return {
    id: 'workspace/import-tree',
    title: `Take over ComfyUI ${source.version ?? source.identity} in ${home}, as ${title} left it`,
    changes: [home],
    ifFails: 'stop',
    async apply(host, _tell, signal) {
      const { python, nowMs, mountsInside, image } = taking
      const marker = await host.fs.readText(`${home}/${MARKER}`)
      if (parseMarker(marker) !== undefined) return 'not-needed'
      if (isOfLaterLayout(marker)) throw new Problem('MARKER_OF_LATER_VERSION', { path: `${home}/${MARKER}` })
      try {
        const entries = await listTracked(host, home, { mountsInside, signal })
        // Without git nobody can say which files are the person's.
        if (entries !== undefined) await writeManifest(host, home, entries)
        const from = image?.path ?? ''
        await writeMarker(host, home, markerOf({ source, from, python, nowMs, importedFrom: kind }))
        return 'done'
      } catch (error) {
        const code = systemCode(error)
        if (signal.aborted || code === undefined) throw error
        const details = { path: home, code }
        throw new Problem('IMPORT_NOT_MARKED', details, { cause: error })
      }
    },
  }
}

// A marker that is cut is written anew; one that we do not know yet is another program's word.
function isOfLaterLayout(marker: string | undefined): boolean {
  const [, layout] = /"layout"\s*:\s*(\d+)/.exec(marker ?? '') ?? []
  return layout !== undefined && Number(layout) > 1
}

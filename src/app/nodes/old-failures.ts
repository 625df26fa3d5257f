import type { NodeImport, OverlayRecord } from '../../base/node.ts'
import type { Facts } from '../../facts/facts.ts'
import { isOfThisStart } from '../../facts/of-this-start.ts'

/**
 * The facts as if nothing had failed before this act began: whoever asks for an act wants everything tried again. What failed
 * since, and all that worked out, is kept. Pure.
 */
export function withoutOldFailures(facts: Facts): Facts {
  const { nodeRecords, packages } = facts
  const { checkouts, imports } = nodeRecords
  const isOld = ({ atMs }: { readonly atMs: number }) => !isOfThisStart({ atMs }, facts)
  const tried = [...checkouts].map(([folder, checkout]) => {
    const forget = checkout.failure !== undefined && isOld(checkout)
    // Its request is that of the try that failed, not of what lies there.
    return [folder, forget ? { ...checkout, failure: undefined, request: '' } : checkout] as const
  })
  const current = packages?.current
  const failed = packages?.failed
  return {
    ...facts,
    nodeRecords: {
      ...nodeRecords,
      checkouts: new Map(tried),
      imports: imports !== undefined && isOld(imports) && hasFailure(imports.nodes) ? undefined : imports,
    },
    packages: packages && {
      ...packages,
      current:
        current !== undefined && isOld(current.record) && lacksSome(current.record)
          ? { ...current, record: { ...current.record, asked: '' } }
          : current,
      failed: failed !== undefined && isOld(failed) ? undefined : failed,
    },
  }
}

function hasFailure(nodes: Readonly<Record<string, NodeImport>>): boolean {
  return Object.values(nodes).some(({ result }) => result === 'failed' || result === 'breaks-start')
}

function lacksSome({ nodes }: OverlayRecord): boolean {
  return Object.values(nodes).some(
    ({ failure, script }) => failure !== undefined || script?.result === 'failed',
  )
}

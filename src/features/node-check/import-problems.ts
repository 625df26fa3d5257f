import type { ImportRecord, NodeImport, WantedNode } from '../../base/node.ts'
import { problemOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'

/** What is wrong by the record of an import: nodes that failed refuse the boot where they are required. Pure. */
export function importProblems(
  { nodes, failure }: Pick<ImportRecord, 'nodes' | 'failure'>,
  { wanted, log }: { readonly wanted: readonly WantedNode[]; readonly log: string },
): readonly Problem[] {
  const asked = new Map(wanted.map((node) => [node.folder.toLowerCase(), node]))
  const found = Object.entries(nodes).flatMap(([folder, node]) => {
    const problem = problemWith(folder, node, { wanted: asked.get(folder.toLowerCase()), log })
    return problem === undefined ? [] : [problem]
  })
  return failure === undefined ? found : [...found, problemOf(failure, false)]
}

function problemWith(
  folder: string,
  { result, line }: NodeImport,
  { wanted, log }: { readonly wanted: WantedNode | undefined; readonly log: string },
): Problem | undefined {
  const required = wanted?.required ?? false
  const how = { level: required ? 'blocking' : 'warning', degrades: true } as const
  const details = { folder, line, log, wanted: wanted !== undefined, required }
  switch (result) {
    case 'failed':
      return new Problem('NODE_IMPORT_FAILED', details, how)
    case 'breaks-start':
      return new Problem('NODE_BREAKS_START', details, how)
    case 'ok':
    case 'not-loaded':
      return undefined
  }
}

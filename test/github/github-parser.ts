import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { TOP } from '../rules/source.ts'

type Parser = typeof import('@actions/workflow-parser')

/** What GitHub would say against a workflow: its own schema, expressions, and jobs that wait for each other. */
export async function complaintsOf(text: string, name = 'workflow.yml'): Promise<readonly string[]> {
  const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = parser()
  const { context, value } = parseWorkflow({ name, content: text }, new NoOperationTraceWriter())
  if (value !== undefined) await convertWorkflowTemplate(context, value)
  return context.errors.getErrors().map(({ message }) => message)
}

let loaded: Parser | undefined

/** Bundled first: the package imports its schema in a way that only bundlers understand. */
function parser(): Parser {
  if (loaded !== undefined) return loaded
  const outfile = join(mkdtempSync(join(tmpdir(), 'workflow-parser-')), 'parser.cjs')
  buildSync({
    stdin: { contents: "export * from '@actions/workflow-parser'", resolveDir: TOP },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
  })
  const made: Parser = createRequire(import.meta.url)(outfile)
  loaded = made
  return made
}

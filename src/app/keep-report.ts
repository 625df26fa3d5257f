import type { StepReport } from '../base/report.ts'
import type { Host } from '../host/host.ts'
import type { Receipt } from './nodes/receipts.ts'
import type { Settled } from './settle.ts'

/**
 * Leaves the result file in the workspace for people and machines to read, with a receipt of each custom node. A boot that changed nothing there writes nothing
 * when it found nothing new, or when the workspace has nothing of ours yet. Where it cannot be written the log has it all, and the reason is among its problems.
 */
export async function keepReport(
  host: Host,
  { report, facts, places }: Settled,
  receipts: () => Promise<readonly Receipt[]> = async () => [],
): Promise<void> {
  const { own, reportFile, journalFile, workspace } = places.layout
  const problems = report.problems.map((problem) => problem.in(facts.runtime))
  const did = report.steps.filter((step) => concerns(step, workspace))
  const at = new Date(facts.nowMs).toISOString()
  try {
    if (did.length === 0 && (await host.fs.look(own)) === undefined) return
    if (did.length === 0 && (await keptProblems(host, reportFile)) === JSON.stringify(problems)) return
    await host.fs.makeFolder(own)
    const result = { at, verdict: report.verdict, steps: report.steps, problems, nodes: await receipts() }
    await host.fs.write(reportFile, `${JSON.stringify(result, undefined, 2)}\n`)
    await host.fs.append(
      journalFile,
      did
        .map((step) => `${JSON.stringify({ at, id: step.id, result: step.result, ms: step.ms })}\n`)
        .join(''),
    )
  } catch {
    // a workspace that takes no files
  }
}

function concerns({ result, changes }: StepReport, workspace: string): boolean {
  if (result === 'failed') return true
  return result === 'done' && changes.some((path) => path.startsWith(`${workspace}/`))
}

async function keptProblems(host: Host, reportFile: string): Promise<string | undefined> {
  const text = await host.fs.readText(reportFile)
  if (text === undefined) return undefined
  try {
    return JSON.stringify(JSON.parse(text).problems)
  } catch {
    return undefined
  }
}

import type { Host } from '../host/host.ts'
import type { Settled } from './settle.ts'

/**
 * Leaves the result file in the workspace for people and machines to read. A boot that did nothing and found nothing new
 * writes nothing. A workspace that cannot be written has been said already; the file is then left out.
 */
export async function keepReport(host: Host, { report, facts, places }: Settled): Promise<void> {
  const problems = report.problems.map((problem) => problem.in(facts.runtime))
  const did = report.steps.filter((step) => step.result !== 'not-needed')
  const { own, reportFile, journalFile } = places.layout
  const before = await host.fs.readText(reportFile).catch(() => undefined)
  const same =
    before !== undefined && JSON.stringify(JSON.parse(before).problems) === JSON.stringify(problems)
  if (same && did.every((step) => step.id === 'identity/become')) return
  const at = new Date(facts.nowMs).toISOString()
  try {
    await host.fs.makeFolder(own)
    await host.fs.write(
      reportFile,
      `${JSON.stringify({ at, verdict: report.verdict, steps: report.steps, problems }, undefined, 2)}\n`,
    )
    const lines = did.map(({ id, result, ms }) => `${JSON.stringify({ at, id, result, ms })}\n`)
    await host.fs.append(journalFile, lines.join(''))
  } catch {
    // nowhere to write: the log has it all
  }
}

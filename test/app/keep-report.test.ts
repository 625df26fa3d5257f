import { readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keepReport } from '../../src/app/keep-report.ts'
import { layoutOf, type Places } from '../../src/base/layout.ts'
import { Problem } from '../../src/base/problem.ts'
import type { Report, StepReport } from '../../src/base/report.ts'
import { realHost } from '../../src/host/host.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { aFacts } from '../support/world.ts'

const host = realHost()

function settled(workspace: string, report: Partial<Report>) {
  const layout = layoutOf(workspace)
  const places: Places = {
    mode: 'link',
    reason: '',
    code: '/opt/ComfyUI',
    base: workspace,
    customNodes: '',
    models: '',
    copies: false,
    layout,
  }
  return {
    facts: aFacts(),
    places,
    report: { verdict: 'healthy', steps: [], problems: [], ...report } as const,
  }
}

function aStep(changes: readonly string[], result: StepReport['result'] = 'done'): StepReport {
  return { id: 'a/b', title: 'Do', changes, result, ms: 3 }
}

const problem = new Problem('INTERNAL', { message: 'x' }, { level: 'warning' })

test('what changed the workspace is reported and goes into the journal', async () => {
  const folder = await tempFolder()

  await keepReport(host, settled(folder, { steps: [aStep([`${folder}/a`])], problems: [problem] }))

  const { reportFile, journalFile } = layoutOf(folder)
  expect(JSON.parse(readFileSync(reportFile, 'utf8'))).toMatchObject({
    verdict: 'healthy',
    problems: [{ code: 'INTERNAL' }],
  })
  expect(readFileSync(journalFile, 'utf8')).toMatch(/^\{"at":".*","id":"a\/b","result":"done","ms":3\}\n$/)
})

test('a boot that changed nothing there and found the same problems writes nothing', async () => {
  const folder = await tempFolder()
  await keepReport(host, settled(folder, { steps: [aStep([`${folder}/a`])], problems: [problem] }))
  const before = statSync(layoutOf(folder).reportFile).mtimeMs

  await keepReport(host, settled(folder, { steps: [aStep(['/opt/ComfyUI'])], problems: [problem] }))

  expect(statSync(layoutOf(folder).reportFile).mtimeMs).toBe(before)
})

test('a new problem is reported even when nothing was done', async () => {
  const folder = await tempFolder()
  await keepReport(host, settled(folder, { steps: [aStep([`${folder}/a`])] }))

  await keepReport(host, settled(folder, { verdict: 'failed', problems: [problem] }))

  expect(JSON.parse(readFileSync(layoutOf(folder).reportFile, 'utf8'))).toMatchObject({
    verdict: 'failed',
    problems: [{ code: 'INTERNAL' }],
  })
})

test('a refused boot leaves nothing in a workspace that has nothing of ours', async () => {
  const folder = await tempFolder()

  await keepReport(host, settled(folder, { verdict: 'failed', problems: [problem] }))

  expect(await host.fs.list(folder)).toEqual([])
})

test('a workspace that takes no files does not end the boot', async () => {
  await expect(
    keepReport(host, settled('/proc/none', { steps: [aStep(['/proc/none/a'])] })),
  ).resolves.toBeUndefined()
})

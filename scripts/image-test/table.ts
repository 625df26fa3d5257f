import { relative } from 'node:path'
import type { Reporter, TestCase } from 'vitest/node'

/** How the checks went. */
export type Tally = { passed: number; failed: number; skipped: number }

/** A reporter of vitest that says how each check ended as it ends, and prints them all as a table at last. */
export function tableReporter(): Reporter & { readonly tally: Tally } {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  const rows: string[] = []
  return {
    tally,
    onTestCaseResult: (test) => {
      const { state } = test.result()
      if (state !== 'pending') tally[state] += 1
      rows.push(rowOf(test))
      const ms = test.diagnostic()?.duration ?? 0
      console.log(`  ${rows.at(-1)} (${(ms / 1000).toFixed(1)} s)`)
      if (state === 'failed') console.log(errorsOf(test))
    },
    onTestRunEnd: (modules, unhandled) => {
      for (const module of modules)
        for (const { message } of module.errors()) {
          tally.failed += 1
          rows.push(`FAILED  ${relative('.', module.moduleId)}: ${message}`)
        }
      for (const error of unhandled) rows.push(`FAILED  ${error.message}`)
      tally.failed += unhandled.length
      console.log(`\n${rows.toSorted().join('\n')}\n`)
      console.log(`${tally.passed} ok, ${tally.failed} failed, ${tally.skipped} skipped`)
    },
  }
}

function rowOf(test: TestCase): string {
  const result = test.result()
  const file = relative('test/image', test.module.moduleId).replace('.test.ts', '')
  const check = `${file}: ${test.fullName}`
  if (result.state === 'skipped') return `skipped ${check}: ${result.note ?? 'no reason given'}`
  return `${result.state === 'passed' ? 'ok     ' : 'FAILED '} ${check}`
}

function errorsOf(test: TestCase): string {
  const errors = test.result().errors ?? []
  return errors
    .map(({ message, diff, stack }) => [message, diff, stack].filter(Boolean).join('\n'))
    .join('\n')
}

import { dirname } from 'node:path'
import { type Fields, fieldsIn } from '../../base/json-fields.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { textDigest } from '../../base/text-digest.ts'
import { runScript, type ScriptResult, type ScriptRun } from './run-script.ts'
import type { Workbench } from './workbench.ts'

/** So many starts in a row may end in the middle of the same script; the next one does not run it. */
const MOST_CUT = 2

/**
 * Runs an install script, unless it was cut again and again: one that ends comfy-init itself would do so for ever. That it runs
 * is noted; the note stays when this process is killed.
 */
export async function runUnlessCut(bench: Workbench, run: ScriptRun): Promise<ScriptResult> {
  const { fs } = bench.host
  const { folder } = run.source
  const path = `${dirname(bench.layout.importsFile)}/trying-scripts.json`
  const text = textDigest((await fs.readText(run.script).catch(() => undefined)) ?? '')
  const before = fieldsIn(await fs.readText(path).catch(() => undefined)) ?? {}
  const { [folder]: known, ...others } = before
  const cut = isNote(known) && known.text === text ? known.starts : 0
  const keep = (notes: Fields) => keepNotes(bench, path, notes)
  // Whoever asks for it once more, a changed node or a person, is to have another try.
  if (cut >= MOST_CUT) {
    await keep(others)
    return asEnding(bench, folder)
  }
  await keep({ ...others, [folder]: { text, starts: cut + 1 } })
  try {
    return await runScript(bench, run)
  } finally {
    await keep(others)
  }
}

async function keepNotes({ host }: Workbench, path: string, notes: Fields): Promise<void> {
  if (Object.keys(notes).length === 0) return host.fs.remove(path).catch(() => {})
  await host.fs.makeFolder(dirname(path)).catch(() => {})
  await host.fs.write(path, `${JSON.stringify(notes)}\n`).catch(() => {})
}

function isNote(value: unknown): value is { readonly text: string; readonly starts: number } {
  return typeof value === 'object' && value !== null && 'starts' in value && typeof value.starts === 'number'
}

function asEnding({ layout }: Workbench, folder: string): ScriptResult {
  const reason = 'was not done when comfy-init was ended, again and again'
  const details = { folder, reason, said: '', log: `${layout.nodeLogs}/${folder}.log` }
  return {
    script: { result: 'failed', line: '', ms: 0 },
    failure: failureOf(new Problem('NODE_SCRIPT_FAILED', details), false),
  }
}

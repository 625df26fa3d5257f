import { type Fields, fieldsIn } from '../../base/json-fields.ts'
import { packageName } from '../../facts/distributions.ts'
import type { Finished } from '../../host/exec.ts'
import { withoutDoubt } from './doubt.ts'
import type { Installer, Outcome } from './installer.ts'
import { type Pin, pinText } from './pin.ts'
import { runTool } from './run-tool.ts'
import { faultOf, sentenceOf } from './said.ts'
import { scratchFile, type Workbench } from './workbench.ts'

/** The image's pip: the image's Python tells what would be added, the overlay's Python adds it. */
export function pipInstaller(bench: Workbench): Installer {
  const { python, settings, wheels, scratch, host } = bench
  const places = [
    ...(wheels === undefined ? [] : ['--find-links', wheels]),
    ...(settings.offline ? ['--no-index'] : ['--retries', '2']),
  ]
  const run = async (file: string, args: readonly string[], pins: () => Promise<readonly Pin[]>) => {
    const ask = async (...more: readonly string[]) => {
      const all = ['-m', 'pip', 'install', ...args, ...places, ...more]
      return outcomeOf(await runTool(bench, { file, args: all }), bench, pins)
    }
    return withoutDoubt(bench, await ask(), () => ask('--only-binary', ':all:'))
  }
  let count = 0
  return {
    name: 'pip',
    resolve: async ({ lines, constraints }) => {
      const asked = `${++count}`
      const wanted = await scratchFile(bench, `wanted-${asked}.txt`, lines)
      const held = await scratchFile(bench, `held-${asked}.txt`, constraints)
      const report = `${scratch}/report-${asked}.json`
      const args = ['--dry-run', '--report', report, '-r', wanted, '-c', held]
      return run(python.path, args, async () => pinsIn(await host.fs.readText(report)))
    },
    install: async (pins, overlayPython) => {
      const exact = await scratchFile(bench, 'exact.txt', pins.map(pinText))
      const args = ['--no-deps', '--no-warn-script-location', '-r', exact]
      return run(overlayPython, args, async () => pins)
    },
  }
}

async function outcomeOf(
  finished: Finished,
  { settings }: Workbench,
  pins: () => Promise<readonly Pin[]>,
): Promise<Outcome> {
  if (finished.code === 0) return { kind: 'ok', pins: await pins() }
  return (
    faultOf('pip', finished, settings) ?? { kind: 'unsolved', said: sentenceOf(telling(finished), 'pip') }
  )
}

// What depends on what stands between two headings, on its standard output; the errors do not repeat it.
function telling({ stdout, stderr }: Finished): string {
  const conflict = /The conflict is caused by:\n([\s\S]+?)\n\s*\n/.exec(stdout)?.[1]
  if (conflict !== undefined)
    return conflict
      .split('\n')
      .map((line) => line.trim())
      .join('; ')
  const errors = stderr.split('\n').filter((line) => line.startsWith('ERROR: '))
  return errors.map((line) => line.replace(/^ERROR: (ERROR: )?/, '')).join(' ')
}

function pinsIn(report: string | undefined): readonly Pin[] {
  const install = fieldsIn(report)?.install
  if (!Array.isArray(install)) return []
  return install.flatMap((each: Fields) => {
    const { name, version } = (each.metadata ?? {}) as Fields
    return typeof name === 'string' && typeof version === 'string'
      ? [{ name: packageName(name), version }]
      : []
  })
}

import type { Finished } from '../../host/exec.ts'
import { withoutDoubt } from './doubt.ts'
import type { Installer, Outcome } from './installer.ts'
import { parsePin, pinText } from './pin.ts'
import { runTool, type Tool } from './run-tool.ts'
import { faultOf, sentenceOf } from './said.ts'
import { scratchFile, type Workbench } from './workbench.ts'

/**
 * uv. It counts what lies in the image's own folder of packages as installed, so that torch with its local version needs no
 * index. It does not see those packages from within an overlay: it is told exactly what to put there.
 */
export function uvInstaller(bench: Workbench, program: Tool): Installer {
  const { python, settings, wheels } = bench
  const offline = settings.offline
  let count = 0
  const runNow = async (args: readonly string[]): Promise<Outcome> => {
    const places = [
      ...(wheels === undefined ? [] : ['--find-links', wheels]),
      ...(offline ? ['--offline'] : []),
    ]
    const ask = async (...more: readonly string[]) => {
      const all = [...program.args, 'pip', 'install', ...args, ...places, ...more]
      return outcomeOf(await runTool(bench, { file: program.file, args: all }), bench)
    }
    return withoutDoubt(bench, await ask(), () => ask('--no-build'))
  }
  // Each would wait for the lock that the one before has on the environment, and its time would pass.
  let last: Promise<unknown> = Promise.resolve()
  const run = (args: readonly string[]): Promise<Outcome> => {
    const turn = last.then(() => runNow(args))
    last = turn.catch(() => {})
    return turn
  }
  return {
    name: 'uv',
    resolve: async ({ lines, constraints }) => {
      const asked = `${++count}`
      const wanted = await scratchFile(bench, `wanted-${asked}.txt`, lines)
      const held = await scratchFile(bench, `held-${asked}.txt`, constraints)
      // An image's Python that is the system's own is «externally managed»; nothing is installed into it.
      const dry = ['--dry-run', '--break-system-packages', '--python', python.path]
      return run([...dry, '-r', wanted, '-c', held])
    },
    install: async (pins, overlayPython) => {
      const exact = await scratchFile(bench, 'exact.txt', pins.map(pinText))
      return run(['--no-deps', '--python', overlayPython, '-r', exact])
    },
  }
}

function outcomeOf(finished: Finished, { settings }: Workbench): Outcome {
  if (finished.code === 0) {
    const added = finished.stderr.split('\n').filter((line) => /^ \+ /.test(line))
    return { kind: 'ok', pins: added.flatMap((line) => parsePin(line.slice(3)) ?? []) }
  }
  const fault = faultOf('uv', finished, settings)
  return fault ?? { kind: 'unsolved', said: sentenceOf(tellingIn(finished.stderr), 'uv') }
}

// After «Because» uv reasons in sentences; the frame that older ones draw around them is taken off.
function tellingIn(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^[\s×╰─▶│├]+/, '').replace(/^(error|cause):\s*/, ''))
    .filter((line) => line !== '' && !/^(Using |Resolved |Prepared |hint: |warning: )/.test(line))
  const because = lines.findIndex((line) => line.startsWith('Because '))
  return (because < 0 ? lines : lines.slice(because)).join(' ')
}
